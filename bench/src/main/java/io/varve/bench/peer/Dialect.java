package io.varve.bench.peer;

import io.varve.bench.tsbs.Answer;
import io.varve.bench.tsbs.Question;

/** How a server is asked, and how its answers are read. Stateless. */
public interface Dialect {
  /** The name of the language. */
  String name();

  /** The path and query of a GET that asks a question. */
  String target(Question question);

  /**
   * The rows of an answer.
   *
   * @throws IllegalArgumentException if the body is an error or not an answer to the question
   */
  Answer answer(Question question, byte[] body);

  /**
   * The path and query of a GET that counts the values of a field.
   *
   * @param startSeconds no row is before
   * @param endSeconds no row is at or after
   */
  String countTarget(String measurement, String field, long startSeconds, long endSeconds);

  /** The count in an answer; 0 if nothing was found, or an error was answered. */
  long count(byte[] body);
}
