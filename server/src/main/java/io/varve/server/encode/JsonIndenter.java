package io.varve.server.encode;

/**
 * Indents the JSON that flows through it by four spaces, as Go's encoder does; documents are
 * separated by newlines. For one thread.
 */
public final class JsonIndenter implements ByteSink {
  private final ByteWriter out;
  private final ByteSink target;

  private int depth;
  private boolean inString;
  private boolean afterBackslash;
  private boolean justOpened;

  public JsonIndenter(ByteSink target) {
    this.target = target;
    out = new ByteWriter(target);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      char next = (char) (bytes[i] & 0xff);
      if (inString) {
        inString = next != '"' || afterBackslash;
        afterBackslash = next == '\\' && !afterBackslash;
        out.write(next);
      } else {
        writeStructure(next);
      }
    }
  }

  @Override
  public void flush() {
    out.drain();
    target.flush();
  }

  private void writeStructure(char next) {
    boolean closes = next == '}' || next == ']';
    if (justOpened && !closes) {
      newline();
    }
    boolean empty = justOpened && closes;
    justOpened = next == '{' || next == '[';
    if (closes) {
      depth--;
      if (!empty) {
        newline();
      }
    }
    out.write(next);
    if (justOpened) {
      depth++;
    } else if (next == ',') {
      newline();
    } else if (next == ':') {
      out.write(' ');
    } else if (next == '"') {
      inString = true;
    }
  }

  private void newline() {
    out.write('\n');
    for (int i = 0; i < depth; i++) {
      out.writeAscii("    ");
    }
  }
}
