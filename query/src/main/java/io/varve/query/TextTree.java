package io.varve.query;

import java.util.ArrayList;
import java.util.List;

/**
 * A tree of lines, printed as InfluxDB draws that of EXPLAIN ANALYZE: labels, leaves, branches. For
 * one thread.
 */
final class TextTree {
  private final String name;
  private final List<String> labels = new ArrayList<>();
  private final List<String> leaves = new ArrayList<>();
  private final List<TextTree> branches = new ArrayList<>();

  TextTree(String name) {
    this.name = name;
  }

  TextTree branch(String child) {
    TextTree tree = new TextTree(child);
    branches.add(tree);
    return tree;
  }

  TextTree leaf(String key, Object value) {
    leaves.add(key + ": " + value);
    return this;
  }

  TextTree label(String key, String value) {
    labels.add(key + ": " + value);
    return this;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(name);
    print("", lines);
    return lines;
  }

  private void print(String indent, List<String> into) {
    int left = leaves.size() + branches.size();
    if (!labels.isEmpty()) {
      into.add(indent + corner(left) + "labels");
      String inner = indent + stem(left);
      for (int i = 0; i < labels.size(); i++) {
        into.add(inner + corner(labels.size() - 1 - i) + labels.get(i));
      }
    }
    for (String leaf : leaves) {
      left--;
      into.add(indent + corner(left) + leaf);
    }
    for (TextTree branch : branches) {
      left--;
      into.add(indent + corner(left) + branch.name);
      branch.print(indent + stem(left), into);
    }
  }

  private static String corner(int left) {
    return left == 0 ? "└── " : "├── ";
  }

  private static String stem(int left) {
    return left == 0 ? "    " : "│   ";
  }
}
