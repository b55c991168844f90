package io.varve.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The options that {@code ./varve} gives the JVM. */
class JvmOptionsTest {
  private static final Path FILE = Path.of("jvm.options");
  private static final String COMMAND = "-XX:CompileCommand=dontinline,";

  @Test
  void namesMethodsThatExist() throws IOException, ClassNotFoundException {
    List<String> commands =
        Files.readAllLines(FILE).stream().filter(line -> line.startsWith(COMMAND)).toList();
    assertThat(commands).isNotEmpty();
    for (String command : commands) {
      String[] names = command.substring(COMMAND.length()).split("::", -1);
      if (names[0].endsWith(".*")) {
        assertThat(isPackage(names[0].substring(0, names[0].length() - 2))).as(command).isTrue();
        continue;
      }
      Class<?> type = Class.forName(names[0].replace("*", ""));
      if (!names[0].endsWith("*")) {
        assertThat(Arrays.stream(type.getDeclaredMethods()).map(Method::getName))
            .as(command)
            .anyMatch(name -> name.matches(names[1].replace("*", ".*")));
      }
    }
  }

  /** Whether there is such a package in a release of Java that Varve runs on. */
  private static boolean isPackage(String name) {
    boolean ofJdk = name.startsWith("java.") || name.startsWith("sun.") || name.startsWith("jdk.");
    return ofJdk || ClassLoader.getSystemResource(name.replace('.', '/')) != null;
  }

  @Test
  void isWhatThisJvmTakesWithoutAWord() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // An option that this release does not know is to be told here.
    Files.readAllLines(FILE).stream()
        .filter(line -> !line.startsWith("#") && !line.endsWith("IgnoreUnrecognizedVMOptions"))
        .forEach(command::add);
    command.add("-XX:+PrintFlagsFinal");
    command.add("-version");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
    assertThat(Arrays.stream(out.split("\n", -1)).filter(line -> line.contains("warning:")))
        .isEmpty();
    assertThat(out).containsPattern("MaxNewSize +=? *50331648");
  }
}
