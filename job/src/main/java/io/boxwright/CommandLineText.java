package io.boxwright;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** The command line that a person can copy to do the same again. */
final class CommandLineText {

  /** job/bin/boxwright says here how it was called, with the options of spark-submit. */
  private static final String ENVIRONMENT = "BOXWRIGHT_COMMAND";

  private CommandLineText() {}

  /** The command line that a command was called with, without what is for the first time only. */
  static String of(CommandSpec command) {
    List<String> arguments = command.root().commandLine().getParseResult().originalArgs();
    String called = System.getenv(ENVIRONMENT);
    String text =
        called != null
            ? called.strip()
            : "boxwright "
                + arguments.stream().map(CommandLineText::quoted).collect(Collectors.joining(" "));
    return text.replaceAll(" --(overwrite|retry-errors)(?= |$)", "");
  }

  private static String quoted(String argument) {
    return argument.matches("[\\w./:=,@%+-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
