package io.varve.server;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Shows a JVM what a server does, for the JVM's ahead-of-time cache: with {@code
 * -XX:AOTCacheOutput=FILE} a JDK of release 25 or newer keeps the classes that were loaded and how
 * often which code ran; with {@code -XX:AOTCache=FILE} a server compiles by that, where it would
 * have to count first.
 */
@Command(
    name = "train",
    description =
        "Serve made-up data in a temporary directory for some seconds, then end: the training run"
            + " of a JVM's ahead-of-time cache.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class TrainCommand implements Callable<Integer> {
  @Override
  public Integer call() throws Exception {
    Warmth.train();
    return 0;
  }
}
