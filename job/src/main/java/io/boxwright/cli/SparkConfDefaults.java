package io.boxwright.cli;

import io.boxwright.text.Printable;
import io.boxwright.text.Redaction;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;

/**
 * The defaults of options from Spark's settings: every option {@code --NAME} is also a key {@code
 * spark.boxwright.NAME}. The command line wins over the key, and the key over the built-in default.
 */
final class SparkConfDefaults implements IDefaultValueProvider {

  private static final String PREFIX = "spark.boxwright.";

  private final SparkConf conf;

  SparkConfDefaults(SparkConf conf) {
    this.conf = conf;
  }

  @Override
  public String defaultValue(ArgSpec argument) {
    return argument instanceof OptionSpec option && !option.usageHelp() && !option.versionHelp()
        ? conf.get(key(option), null)
        : null;
  }

  /** Adds to the help of a command the defaults that come from Spark's settings. */
  void explain(CommandLine command) {
    String given =
        command.getCommandSpec().options().stream()
            .filter(option -> !option.hidden() && defaultValue(option) != null)
            .map(option -> option.longestName() + "=" + defaultValue(option))
            .collect(Collectors.joining(", "));
    if (!given.isEmpty()) {
      UsageMessageSpec help = command.getCommandSpec().usageMessage();
      Stream<String> line =
          Stream.of("", "Defaults that Spark's settings give: " + makeSafe(given) + ".");
      help.footer(Stream.concat(line, Arrays.stream(help.footer())).toArray(String[]::new));
    }
  }

  /**
   * Makes a text safe for a terminal, and for picocli, which reads % as a format and @| as a style.
   */
  private static String makeSafe(String text) {
    return Printable.escaped(Redaction.of(text)).replace("%", "%%").replace("@|", "@ |");
  }

  /**
   * Refuses keys that belong to no option of any command, because a misspelt one would have no
   * effect.
   *
   * @param command the command that runs
   */
  void checkKeys(CommandSpec command) {
    Set<String> known =
        Stream.concat(
                Stream.of(command),
                command.root().subcommands().values().stream().map(CommandLine::getCommandSpec))
            .flatMap(other -> other.options().stream())
            .map(SparkConfDefaults::key)
            .collect(Collectors.toSet());
    Arrays.stream(conf.getAllWithPrefix(PREFIX))
        .map(entry -> PREFIX + entry._1())
        .filter(key -> !known.contains(key))
        .min(Comparator.naturalOrder())
        .ifPresent(
            key -> {
              throw new ParameterException(
                  command.commandLine(),
                  "Unknown key %s: a key is %s and an option's name, such as %sbatch-size"
                      .formatted(key, PREFIX, PREFIX));
            });
  }

  private static String key(OptionSpec option) {
    return PREFIX + option.longestName().substring("--".length());
  }
}
