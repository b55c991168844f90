package io.varve.bench.tsbs;

import java.util.ArrayList;
import java.util.List;

/**
 * All values of the measurement {@code cpu} in memory, one byte each, and the right answers to
 * questions about them, computed the plainest way.
 */
public final class CpuTable {
  static final int STEP_SECONDS = 10;

  private final int hosts;
  private final int steps;
  private final byte[][][] values;

  /**
   * Generates what {@link DevopsRows} sends.
   *
   * @param steps rows that each series has
   */
  public CpuTable(int hosts, int steps, long seed) {
    this.hosts = hosts;
    this.steps = steps;
    int fields = Measurements.CPU.fields().size();
    values = new byte[hosts][fields][steps];
    DevopsRows rows = DevopsRows.cpuOnly(hosts, seed);
    double[] row = new double[fields];
    for (int step = 0; step < steps; step++) {
      for (int host = 0; host < hosts; host++) {
        rows.next(host, row);
        for (int field = 0; field < fields; field++) {
          values[host][field][step] = (byte) row[field];
        }
      }
    }
  }

  /** The right answer. */
  public Answer answer(Question question) {
    Answer answer = new Answer(question);
    switch (question.type().kind()) {
      case MAX -> maxima(question, stepOf(question.startSeconds()), answer);
      case LIMIT ->
          maxima(
              question,
              Math.max(
                  0,
                  stepOf(question.endSeconds() - (long) Question.LIMIT * question.bucketSeconds())),
              answer);
      case MEAN -> means(question, answer);
      case HIGH -> high(question, answer);
      case LAST -> addRows(question, steps - 1, steps, -1, answer);
    }
    return answer;
  }

  private static int stepOf(long seconds) {
    return Math.toIntExact((seconds - RowSource.START_NANOS / 1_000_000_000) / STEP_SECONDS);
  }

  private static long millisOf(int step) {
    return RowSource.START_NANOS / 1_000_000 + step * (STEP_SECONDS * 1000L);
  }

  private List<Integer> hostsOf(Question question) {
    List<Integer> chosen = new ArrayList<>();
    for (int host = 0; host < hosts; host++) {
      if (question.hosts().isEmpty() || question.hosts().contains(Question.hostName(host))) {
        chosen.add(host);
      }
    }
    return chosen;
  }

  private void maxima(Question question, int from, Answer answer) {
    int bucket = question.bucketSeconds() / STEP_SECONDS;
    List<Integer> chosen = hostsOf(question);
    for (int start = from; start < stepOf(question.endSeconds()); start += bucket) {
      for (int field = 0; field < question.fields().size(); field++) {
        int max = 0;
        for (int host : chosen) {
          for (int step = start; step < start + bucket; step++) {
            max = Math.max(max, values[host][field][step]);
          }
        }
        answer.set("", millisOf(start), field, max);
      }
    }
  }

  private void means(Question question, Answer answer) {
    int bucket = question.bucketSeconds() / STEP_SECONDS;
    int from = stepOf(question.startSeconds());
    for (int host : hostsOf(question)) {
      for (int start = from; start < stepOf(question.endSeconds()); start += bucket) {
        for (int field = 0; field < question.fields().size(); field++) {
          int sum = 0;
          for (int step = start; step < start + bucket; step++) {
            sum += values[host][field][step];
          }
          answer.set(Question.hostName(host), millisOf(start), field, (double) sum / bucket);
        }
      }
    }
  }

  private void high(Question question, Answer answer) {
    int from = stepOf(question.startSeconds());
    addRows(question, from, stepOf(question.endSeconds()), Question.HIGH, answer);
  }

  /** Adds the rows whose first field is above a threshold. */
  private void addRows(Question question, int from, int end, int threshold, Answer answer) {
    for (int host : hostsOf(question)) {
      for (int step = from; step < end; step++) {
        if (values[host][0][step] > threshold) {
          for (int field = 0; field < question.fields().size(); field++) {
            answer.set(Question.hostName(host), millisOf(step), field, values[host][field][step]);
          }
        }
      }
    }
  }
}
