package io.boxwright.cli;

import io.boxwright.job.report.ShellWord;
import io.boxwright.text.Redaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The command line that a person can copy to do the same again, once the secrets that it had are
 * put back.
 */
final class CommandLineText {

  /**
   * job/bin/boxwright says here how it was called, with the options of spark-submit: a word a line,
   * each quoted for the shell.
   */
  private static final String ENVIRONMENT = "BOXWRIGHT_COMMAND";

  private static final Set<String> FOR_THE_FIRST_TIME = Set.of("--overwrite", "--retry-errors");
  private static final Pattern KEY = Pattern.compile("(?<![\\w./-])([\\w.-]++)=");

  private CommandLineText() {}

  /** The command line that a command was called with, without what is for the first time only. */
  static String of(CommandSpec command) {
    String called = System.getenv(ENVIRONMENT);
    return called != null
        ? ofQuoted(called.lines().map(String::strip).toList())
        : of(command.root().commandLine().getParseResult().originalArgs());
  }

  /** The same of arguments as they are. */
  static String of(List<String> arguments) {
    Stream<String> words = withoutSecrets(arguments).stream().map(ShellWord::quoted);
    return ofQuoted(Stream.concat(Stream.of("boxwright"), words).toList());
  }

  /** The same of words that are quoted for the shell. */
  static String ofQuoted(List<String> words) {
    return String.join(
        " ",
        withoutSecrets(words).stream().filter(word -> !FOR_THE_FIRST_TIME.contains(word)).toList());
  }

  private static List<String> withoutSecrets(List<String> words) {
    List<String> result = new ArrayList<>();
    String before = "";
    for (String word : words) {
      boolean secret =
          before.startsWith("-") && Redaction.isSecret(before) && !before.contains("=");
      result.add(secret ? Redaction.PLACEHOLDER : withoutSecret(word));
      before = word;
    }
    return result;
  }

  /** A secret goes to the end of its word, whatever it holds and however it is quoted. */
  private static String withoutSecret(String word) {
    Matcher key = KEY.matcher(word);
    while (key.find()) {
      if (Redaction.isSecret(key.group(1))) {
        String start = word.substring(0, key.end()).replaceFirst("^\\$?['\"]", "");
        return Redaction.of(start) + Redaction.PLACEHOLDER;
      }
    }
    return Redaction.of(word);
  }
}
