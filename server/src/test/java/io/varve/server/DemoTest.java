package io.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.server.demo.Demo;
import io.varve.server.http.HttpOptions;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  /** Keeps what is printed and tells when it has been flushed. */
  private static final class Page extends Writer {
    private final StringBuilder text = new StringBuilder();
    private final CountDownLatch flushed = new CountDownLatch(1);

    @Override
    public void write(char[] chars, int offset, int length) {
      text.append(chars, offset, length);
    }

    @Override
    public void flush() {
      flushed.countDown();
    }

    @Override
    public void close() {}
  }

  @Test
  void showsALiveAnswerAboutThisMachine(@TempDir Path directory) throws Exception {
    Page page = new Page();
    HttpOptions options = HttpOptions.defaults().withAddress("127.0.0.1", 0);
    try (RunningServer server = RunningServer.open(directory, options)) {
      try (Demo demo = Demo.start(server.uri(), new PrintWriter(page))) {
        assertThat(demo).isNotNull();
        assertThat(page.flushed.await(60, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(page.text.toString())
          .contains("cpu=total")
          .contains("curl -G '" + server.uri() + "/query?db=demo")
          .contains("Stop with Ctrl-C");
      assertThat(server.store().databaseNames()).containsExactly("demo");
    }
  }
}
