package io.varve.server.warmup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.server.RunningServer;
import io.varve.server.http.HttpOptions;
import io.varve.server.warmup.WarmUp.Bounds;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmUpTest {
  private static final Bounds SHORT =
      new Bounds(
          Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMinutes(2));
  private static final Bounds LONG =
      new Bounds(
          Duration.ofMinutes(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(5));
  private static final long MILLIS = 60_000;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path data;

  private final List<Path> directories = new CopyOnWriteArrayList<>();
  private final CountDownLatch opened = new CountDownLatch(1);

  private WarmUp.ServerToWarm open(Path directory) throws IOException {
    directories.add(directory);
    RunningServer server =
        RunningServer.open(directory, HttpOptions.defaults().withAddress("127.0.0.1", 0));
    opened.countDown();
    return new WarmUp.ServerToWarm() {
      @Override
      public URI uri() {
        return server.uri();
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }

  private Path scratch() {
    return data.resolve("warm-up");
  }

  @Test
  void endsByItselfAndLeavesNothingBehind() throws Exception {
    Files.createDirectories(scratch().resolve("left"));
    Files.writeString(scratch().resolve("left/behind"), "by a process that was killed");
    try (WarmUp warmUp = WarmUp.start(this::open, scratch(), () -> false, SHORT)) {
      assertThat(warmUp.await(MILLIS)).isTrue();
    }
    assertThat(directories).hasSize(1).noneMatch(Files::exists);
  }

  @Test
  void stopsInTheMiddleOfItsWork() throws Exception {
    WarmUp warmUp = WarmUp.start(this::open, scratch(), () -> false, LONG);
    assertThat(opened.await(MILLIS, TimeUnit.MILLISECONDS)).isTrue();
    warmUp.close();
    assertThat(warmUp.await(MILLIS)).isTrue();
    assertThat(directories).hasSize(1).noneMatch(Files::exists);
  }

  @Test
  void doesNothingWhileThereIsRealWork() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    Bounds impatient =
        new Bounds(
            Duration.ofMillis(1),
            Duration.ofMillis(1),
            Duration.ofMillis(1),
            Duration.ofMillis(120));
    WarmUp warmUp =
        WarmUp.start(
            this::open,
            scratch(),
            () -> {
              looks.incrementAndGet();
              return true;
            },
            impatient);
    assertThat(warmUp.await(MILLIS)).isTrue();
    assertThat(looks.get()).isGreaterThan(1);
    assertThat(directories).isEmpty();
  }

  @Test
  void beginsWhenThereIsNoRealWorkLeft() throws Exception {
    AtomicBoolean busy = new AtomicBoolean(true);
    AtomicInteger looks = new AtomicInteger();
    try (WarmUp warmUp =
        WarmUp.start(
            this::open,
            scratch(),
            () -> {
              if (looks.incrementAndGet() == 3) {
                busy.set(false);
              }
              return busy.get();
            },
            SHORT)) {
      assertThat(warmUp.await(MILLIS)).isTrue();
    }
    assertThat(directories).hasSize(1);
  }

  /** Two clients that come right after the start, with a moment between them. */
  @Test
  void doesNotBeginBetweenTheFirstRequests() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    AtomicInteger looksBefore = new AtomicInteger();
    try (WarmUp warmUp =
        WarmUp.start(
            directory -> {
              looksBefore.compareAndSet(0, looks.get());
              return open(directory);
            },
            scratch(),
            () -> looks.incrementAndGet() == 3,
            SHORT)) {
      assertThat(warmUp.await(MILLIS)).isTrue();
    }
    assertThat(looksBefore.get()).isEqualTo(8);
  }

  @Test
  void givesUpIfThereIsNoServerToWarm() throws Exception {
    try (WarmUp warmUp =
        WarmUp.start(
            directory -> {
              directories.add(directory);
              throw new IOException("no");
            },
            scratch(),
            () -> false,
            SHORT)) {
      assertThat(warmUp.await(MILLIS)).isTrue();
    }
    assertThat(directories).hasSize(1).noneMatch(Files::exists);
  }

  @Test
  void trainsBeforeItReturnsAndStartsOnceMore() throws Exception {
    WarmUp.train(this::open, scratch(), SHORT);
    assertThat(directories).hasSize(2).containsOnly(scratch()).noneMatch(Files::exists);
  }

  @Test
  void trainingFailsIfThereIsNoServerToTrain() {
    WarmUp.Opener failing =
        directory -> {
          throw new IOException("no");
        };
    assertThatThrownBy(() -> WarmUp.train(failing, scratch(), SHORT)).hasMessage("no");
    assertThat(scratch()).doesNotExist();
  }

  /** A question without an answer would warm up nothing, and nobody would notice. */
  @Test
  void asksOnlyWhatHasAnAnswer(@TempDir Path directory) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    try (WarmUp.ServerToWarm server = open(directory);
        Traffic traffic = new Traffic(server.uri(), 1_700_000_000_000_000_000L)) {
      traffic.createDatabase();
      traffic.write(10);
      for (String question : traffic.questions()) {
        HttpRequest request = HttpRequest.newBuilder(server.uri().resolve(question)).build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(question).isEqualTo(200);
        assertThat(answer.body()).as(question).containsAnyOf("\"series\":[{", "\"result\":[{");
        assertThat(answer.body()).as(question).doesNotContain("error");
      }
    }
  }
}
