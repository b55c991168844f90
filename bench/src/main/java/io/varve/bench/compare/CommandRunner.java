package io.varve.bench.compare;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Runs a command of this package with its options. */
final class CommandRunner {
  private CommandRunner() {}

  /** The exit status: that of the command, or 2 with a message if its options cannot work. */
  static int run(Callable<Integer> command, String[] arguments, PrintStream messages) {
    // Scripts give defaults first, which the user's options replace.
    return new CommandLine(command)
        .setOverwrittenOptionsAllowed(true)
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              if (failure instanceof IllegalArgumentException) {
                String name = line.getCommandName();
                messages.println(name + ": " + failure.getMessage());
                return line.getCommandSpec().exitCodeOnInvalidInput();
              }
              throw failure;
            })
        .execute(arguments);
  }
}
