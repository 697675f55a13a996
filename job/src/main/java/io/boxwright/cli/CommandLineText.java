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
 * The command line that a person can copy to do the same again. Its secrets are removed and have to
 * be put back.
 */
final class CommandLineText {

  /**
   * The variable in which job/bin/boxwright passes on how it was called, with the options of
   * spark-submit: one word per line, each quoted for the shell.
   */
  private static final String ENVIRONMENT = "BOXWRIGHT_COMMAND";

  private static final Set<String> FOR_THE_FIRST_TIME = Set.of("--overwrite", "--retry-errors");
  private static final Pattern KEY = Pattern.compile("(?<![\\w./-])([\\w.-]++)=");

  private CommandLineText() {}

  /**
   * Returns the command line that a command was called with, without options that apply to the
   * first call only.
   */
  static String of(CommandSpec command) {
    String called = System.getenv(ENVIRONMENT);
    return called != null
        ? ofQuoted(called.lines().map(String::strip).toList())
        : of(command.root().commandLine().getParseResult().originalArgs());
  }

  /**
   * Returns the command line of {@code boxwright} with these arguments, which are not quoted yet.
   */
  static String of(List<String> arguments) {
    Stream<String> words = hideSecrets(arguments).stream().map(ShellWord::quoted);
    return ofQuoted(Stream.concat(Stream.of("boxwright"), words).toList());
  }

  /** Returns the command line of words that are quoted for the shell already. */
  static String ofQuoted(List<String> words) {
    return String.join(
        " ",
        hideSecrets(words).stream().filter(word -> !FOR_THE_FIRST_TIME.contains(word)).toList());
  }

  private static List<String> hideSecrets(List<String> words) {
    List<String> result = new ArrayList<>();
    String before = "";
    for (String word : words) {
      boolean secret =
          before.startsWith("-") && Redaction.isSecret(before) && !before.contains("=");
      result.add(secret ? Redaction.PLACEHOLDER : hideSecret(word));
      before = word;
    }
    return result;
  }

  /** Removes a secret up to the end of its word, whatever it holds and however it is quoted. */
  private static String hideSecret(String word) {
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
