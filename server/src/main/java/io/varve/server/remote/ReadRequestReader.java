package io.varve.server.remote;

import io.varve.query.prometheus.LabelCondition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads remote-read requests. Hints are passed over: they never make an answer wrong.
 *
 * <p>Source: {@code prompb/remote.proto} of Prometheus. For one request at a time.
 */
public final class ReadRequestReader {
  /** Most queries of a request; Prometheus sends one. */
  static final int MAX_QUERIES = 1_000;

  /** Most conditions of a query. */
  static final int MAX_CONDITIONS = 1_000;

  private static final int QUERY = 1;
  private static final int RESPONSE_TYPE = 2;
  private static final int SAMPLES = 0;
  private static final int STREAMED_XOR_CHUNKS = 1;
  private static final int UNDECIDED = -1;
  private static final LabelCondition.Operator[] OPERATORS = LabelCondition.Operator.values();

  private final ProtobufReader in = new ProtobufReader();
  private final List<ReadRequest.Query> queries = new ArrayList<>();
  private boolean typeIsSaid;
  private boolean takesSamples;
  private int type = UNDECIDED;

  private ReadRequestReader() {}

  /**
   * Reads a request.
   *
   * @throws MalformedMessageException if it is none, or wants what there is not
   */
  public static ReadRequest read(byte[] message, int length) throws MalformedMessageException {
    ReadRequestReader reader = new ReadRequestReader();
    reader.in.begin(message, 0, length);
    return reader.read();
  }

  private ReadRequest read() throws MalformedMessageException {
    while (in.nextField()) {
      if (in.is(QUERY, ProtobufReader.BYTES)) {
        int outer = in.enter();
        queries.add(readQuery());
        in.leave(outer);
      } else if (in.is(RESPONSE_TYPE, ProtobufReader.BYTES)) {
        int outer = in.enter();
        while (in.hasMore()) {
          accept(in.readVarint());
        }
        in.leave(outer);
      } else if (in.is(RESPONSE_TYPE, ProtobufReader.VARINT)) {
        accept(in.readVarint());
      } else {
        in.skip();
      }
      if (queries.size() > MAX_QUERIES) {
        throw new MalformedMessageException(
            "the request has more than " + MAX_QUERIES + " queries");
      }
    }
    if (typeIsSaid && type == UNDECIDED) {
      throw new MalformedMessageException(
          "server does not support any of the requested response types; supported: SAMPLES,"
              + " STREAMED_XOR_CHUNKS");
    }
    return new ReadRequest(queries, type == STREAMED_XOR_CHUNKS, !typeIsSaid || takesSamples);
  }

  /** The first type that is known counts. */
  private void accept(long accepted) {
    typeIsSaid = true;
    takesSamples |= accepted == SAMPLES;
    if (type == UNDECIDED && (accepted == SAMPLES || accepted == STREAMED_XOR_CHUNKS)) {
      type = (int) accepted;
    }
  }

  private ReadRequest.Query readQuery() throws MalformedMessageException {
    long start = 0;
    long end = 0;
    List<LabelCondition> conditions = new ArrayList<>();
    while (in.nextField()) {
      if (in.is(1, ProtobufReader.VARINT)) {
        start = in.readVarint();
      } else if (in.is(2, ProtobufReader.VARINT)) {
        end = in.readVarint();
      } else if (in.is(3, ProtobufReader.BYTES)) {
        int outer = in.enter();
        conditions.add(readCondition());
        in.leave(outer);
      } else {
        in.skip();
      }
      if (conditions.size() > MAX_CONDITIONS) {
        throw new MalformedMessageException(
            "a query has more than " + MAX_CONDITIONS + " matchers");
      }
    }
    return new ReadRequest.Query(start, end, conditions);
  }

  private LabelCondition readCondition() throws MalformedMessageException {
    long operator = 0;
    String name = "";
    String value = "";
    while (in.nextField()) {
      if (in.is(1, ProtobufReader.VARINT)) {
        operator = in.readVarint();
      } else if (in.is(2, ProtobufReader.BYTES)) {
        name = readText();
      } else if (in.is(3, ProtobufReader.BYTES)) {
        value = readText();
      } else {
        in.skip();
      }
    }
    if (operator < 0 || operator >= OPERATORS.length) {
      throw new MalformedMessageException("a matcher is of the unknown type " + operator);
    }
    return new LabelCondition(OPERATORS[(int) operator], name, value);
  }

  private String readText() throws MalformedMessageException {
    in.readBytes();
    return new String(in.array(), in.bytesOffset(), in.bytesLength(), StandardCharsets.UTF_8);
  }
}
