package io.varve.server.socket;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ComplaintsTest {
  @Test
  void logsOneLineInAWhileAndHowManyWereLeftOut() {
    Logger log = (Logger) LoggerFactory.getLogger("complaints-test");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    log.setAdditive(false);
    AtomicLong clock = new AtomicLong(Long.MAX_VALUE);
    Complaints complaints = new Complaints(log, "UDP", clock::get);
    complaints.add("first\nline");
    complaints.add("second");
    clock.addAndGet(Complaints.INTERVAL_NANOS - 1);
    complaints.add("third");
    assertThat(lines.list).hasSize(1);
    clock.addAndGet(1);
    complaints.add("fourth");
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("UDP: first line (and 0 more before)", "UDP: fourth (and 2 more before)");
  }
}
