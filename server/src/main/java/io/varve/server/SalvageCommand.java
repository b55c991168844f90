package io.varve.server;

import io.varve.storage.Varve;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Copies what can be read of a damaged store. */
@Command(
    name = "salvage",
    description = "Copy what can be read of a damaged data directory, which no server uses.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class SalvageCommand implements Callable<Integer> {
  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "The damaged data directory; it is left as it is.")
  Path data = Path.of("");

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "Where the copy shall be; must not exist (default: --data with -salvaged).")
  @Nullable Path to;

  @Spec
  @SuppressWarnings("NullAway.Init")
  CommandSpec spec;

  @Override
  public Integer call() {
    Path source = data.toAbsolutePath().normalize();
    Path target =
        to == null
            ? source.resolveSibling(source.getFileName() + "-salvaged")
            : to.toAbsolutePath();
    long gaps = Varve.salvage(source, target);
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        gaps == 0
            ? "copied everything to " + target
            : "copied to " + target + " what can be read; " + gaps + " times something could not");
    out.flush();
    return 0;
  }
}
