package io.boxwright.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Messages about a wrong command line: in one line, its fault and what may have been meant. */
final class InvalidArguments {

  private InvalidArguments() {}

  /**
   * Describes the fault. A misspelt option comes first: the required one is missing because of it.
   */
  static String describe(ParameterException e) {
    List<String> unmatched = e.getCommandLine().getUnmatchedArguments();
    return unmatched.isEmpty()
        ? e.getMessage()
        : describeUnknown(new UnmatchedArgumentException(e.getCommandLine(), unmatched));
  }

  private static String describeUnknown(UnmatchedArgumentException e) {
    CommandLine commandLine = e.getCommandLine();
    String first = e.getUnmatched().get(0);
    if (SparkOptions.has(first) && commandLine.getSubcommands().isEmpty()) {
      return "%s is an option of Spark; those go before the command: boxwright %s ... %s"
          .formatted(
              SparkOptions.name(first),
              SparkOptions.name(first),
              commandLine.getCommandSpec().name());
    }
    if (!e.isUnknownOption() && commandLine.getSubcommands().isEmpty()) {
      return "Unexpected argument: '%s'".formatted(first);
    }
    String kind = e.isUnknownOption() ? "option" : "command";
    return "Unknown %s: '%s'%s"
        .formatted(kind, first, suggest(e).map("; did you mean %s?"::formatted).orElse(""));
  }

  private static Optional<String> suggest(UnmatchedArgumentException e) {
    return e.getSuggestions().stream()
        .filter(name -> !isHidden(e.getCommandLine(), name))
        .findFirst();
  }

  private static boolean isHidden(CommandLine commandLine, String name) {
    OptionSpec option = commandLine.getCommandSpec().findOption(name);
    return Optional.ofNullable(option).map(ArgSpec::hidden).orElse(false);
  }
}
