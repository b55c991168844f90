import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs {@code ./varve} as a newcomer would: the demo must print a live answer, a write must be
 * answered and queryable, SIGTERM must end it, and the point must be there after kill -9 too. The
 * last starts are by what the JVM has learned in a training run, where it can. No start may leave a
 * library among the temporary files.
 */
public final class Smoke {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final int START_SECONDS = 180;
  private static final int STOP_SECONDS = 20;

  /** What the processes have printed so far. */
  private static final List<String> OUTPUT = new CopyOnWriteArrayList<>();

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory("varve-smoke");
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    try {
      run(directory.resolve("data"), temporary);
      System.out.println("smoke: passed");
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void run(Path data, Path temporary) throws Exception {
    int port = freePort();
    Process demo = start(temporary, "demo", data, port);
    try {
      awaitReady(demo, port);
      awaitGreeting(demo, port);
      expect(200, post(port, "/query?q=" + encode("CREATE DATABASE smoke"), ""));
      expect(204, post(port, "/write?db=smoke&precision=s", "room,name=attic temperature=21.5 1700000000\n"));
      expectPoint(port);
      stop(demo);
    } finally {
      demo.destroyForcibly();
    }

    Process training = start(temporary, "train");
    check(training.waitFor(START_SECONDS, TimeUnit.SECONDS), "training does not end");
    check(training.exitValue() == 0, "training failed");

    Process server = start(temporary, "server", data, port);
    try {
      awaitReady(server, port);
      expectPoint(port);
      expect(204, post(port, "/write?db=smoke&precision=s", "room,name=attic temperature=22.5 1700000060\n"));
      server.destroyForcibly().waitFor();
      expectNoLibrary(temporary);
    } finally {
      server.destroyForcibly();
    }

    Process again = start(temporary, "server", data, port);
    try {
      awaitReady(again, port);
      check(query(port, "SELECT count(temperature) FROM room").contains("[\"1970-01-01T00:00:00Z\",2]"),
          "an acknowledged point is missing after kill -9");
      stop(again);
    } finally {
      again.destroyForcibly();
    }
  }

  private static Process start(Path temporary, String command, Path data, int port)
      throws IOException {
    return start(temporary, command, "--data", data.toString(), "--port", String.valueOf(port));
  }

  private static Process start(Path temporary, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("./varve"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("VARVE_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
    Process process = builder.start();
    Thread printer =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(
                      new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                lines
                    .lines()
                    .forEach(
                        line -> {
                          OUTPUT.add(line);
                          System.out.println("  | " + line);
                        });
              } catch (IOException | java.io.UncheckedIOException e) {
                System.out.println("  | (output ended: " + e.getMessage() + ")");
              }
            });
    printer.setDaemon(true);
    printer.start();
    return process;
  }

  private static void awaitReady(Process process, int port) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (System.nanoTime() < deadline) {
      check(process.isAlive(), "the server ended by itself");
      try {
        if (get(port, "/ping").statusCode() == 204) {
          return;
        }
      } catch (IOException notListeningYet) {
        process.waitFor(100, TimeUnit.MILLISECONDS);
      }
    }
    throw new AssertionError("not ready within " + START_SECONDS + " s");
  }

  /** Waits until the demo has shown a live answer, its URL and how to stop it. */
  private static void awaitGreeting(Process process, int port) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!String.join("\n", OUTPUT).contains("Ctrl-C")) {
      check(System.nanoTime() < deadline, "the demo showed nothing within " + START_SECONDS + " s");
      process.waitFor(100, TimeUnit.MILLISECONDS);
    }
    String shown = String.join("\n", OUTPUT);
    check(shown.contains("SELECT "), "the demo shows no query");
    check(shown.contains("cpu=total"), "the demo shows no live answer");
    check(shown.contains("http://127.0.0.1:" + port), "the demo shows no URL");
  }

  private static void expectPoint(int port) throws Exception {
    String answer = query(port, "SELECT temperature FROM room WHERE \"name\" = 'attic'");
    check(answer.contains("[\"2023-11-14T22:13:20Z\",21.5]"), "the point is not in the answer: " + answer);
  }

  /** On the platforms whose libraries the build unpacks. */
  private static void expectNoLibrary(Path temporary) throws IOException {
    boolean unpacked =
        System.getProperty("os.name").equals("Linux")
            && List.of("amd64", "aarch64").contains(System.getProperty("os.arch"));
    try (Stream<Path> files = Files.list(temporary)) {
      List<Path> left = files.filter(file -> file.toString().endsWith(".so")).toList();
      check(!unpacked || left.isEmpty(), "libraries are left after kill -9: " + left);
    }
  }

  /** SIGTERM, then a bounded wait. */
  private static void stop(Process process) throws InterruptedException {
    process.destroy();
    check(process.waitFor(STOP_SECONDS, TimeUnit.SECONDS), "still running after SIGTERM");
    check(List.of(0, 143).contains(process.exitValue()), "exit status " + process.exitValue());
  }

  private static String query(int port, String text) throws Exception {
    HttpResponse<String> answer = get(port, "/query?db=smoke&q=" + encode(text));
    expect(200, answer);
    return answer.body();
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(port, path)).GET());
  }

  private static HttpResponse<String> post(int port, String path, String body) throws Exception {
    return send(HttpRequest.newBuilder(uri(port, path)).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void expect(int status, HttpResponse<String> answer) {
    check(answer.statusCode() == status, "status " + answer.statusCode() + ", expected " + status + ": " + answer.body());
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
