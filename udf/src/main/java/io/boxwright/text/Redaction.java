package io.boxwright.text;

import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The removal of secrets from text that leaves the program: values of keys that are named like
 * secrets, such as {@code spark.hadoop.fs.s3a.secret.key=...}, and the user-info of URIs, such as
 * {@code s3a://KEY:SECRET@bucket}. Redacted text stays as it is. Where the end of a value is
 * unclear, more is removed rather than less.
 */
public final class Redaction {

  /** The text in place of a secret. */
  public static final String PLACEHOLDER = "***";

  /**
   * {@code spark.redaction.regex}: Spark hides the values of settings whose key or value matches
   * it. It is Spark's own default with additions.
   */
  public static final String SPARK_KEYS =
      "(?i)secret|passw(or)?d|passphrase|token|credential|sharedaccess"
          + "|(access|account|private|api|encryption)[._-]?key|[._-]sas[._-]|[?&]sig="
          + "|://[^/\\s]*:[^/\\s]*@";

  /** {@code spark.redaction.string.regex}: Spark hides the matches in descriptions of plans. */
  public static final String SPARK_STRINGS =
      "(?i)(?<=://)[^/\\s]*:[^/\\s]*@|(?<=[?&](sig|x-amz-signature|x-goog-signature)=)[^&\\s]+";

  private static final Pattern SECRET_KEY =
      Pattern.compile(
          "secret|passw(or)?d|passphrase|(^|[^a-z])(pwd|pass)$|authorization|credential|sharedaccess"
              + "|(access|account|private|api)[._-]?key|encryption[._-]?key$|key[._-]?data$|token$"
              + "|(^|[._-])sas([._-]|$)|(^|[._-])sig(nature)?$",
          Pattern.CASE_INSENSITIVE);

  /** Keys that say where a secret is, not what it is. */
  private static final Pattern PLACE_OF_SECRET =
      Pattern.compile("(file|path|provider|class)$", Pattern.CASE_INSENSITIVE);

  /**
   * A key and the separator before its value: {@code key=}, {@code key = }, {@code "key": }. After
   * a slash it is a folder, such as that of a partition of a table.
   */
  private static final Pattern KEY =
      Pattern.compile("(?<![\\w./-])([\\w.-]++)(?:\"?\\s*+=\\s*+|\"\\s*+:\\s*+)");

  /** A line of a properties file, without {@code =}. */
  private static final Pattern PROPERTY =
      Pattern.compile("^(\\h*(spark\\.[\\w.-]++)\\h++)\\S++\\h*+$", Pattern.MULTILINE);

  /** User-info, even with a slash in its password; a number after the colon is a port. */
  private static final Pattern USER_INFO =
      Pattern.compile(
          "(?<![\\w+.-])([a-zA-Z][\\w+.-]*+)://"
              + "([^/\\s]{0,500}@|[^/\\s:@]{1,200}:(?!\\d{1,5}(?:[/\\s]|$))[^\\s@]{0,500}@)");

  /** Schemes that name a container before the host. */
  private static final Set<String> CONTAINERS = Set.of("abfs", "abfss", "wasb", "wasbs");

  private Redaction() {}

  /** Returns text without secrets; null stays null. */
  public static String of(String text) {
    return text == null ? null : removeUserInfo(removeProperties(removeValues(text)));
  }

  /** Returns whether a key's value is a secret, such as that of {@code fs.s3a.secret.key}. */
  public static boolean isSecret(String key) {
    return SECRET_KEY.matcher(key).find() && !PLACE_OF_SECRET.matcher(key).find();
  }

  /** Returns whether a path is a URI with a user's name, password or signature in it. */
  public static boolean hasCredentials(String path) {
    return !of(path).equals(path);
  }

  /**
   * Returns a reminder for people who copy a redacted command line; an empty text if nothing is
   * redacted.
   */
  public static String reminder(String command) {
    return command.contains(PLACEHOLDER)
        ? "  # put the secrets back in the place of " + PLACEHOLDER
        : "";
  }

  private static String removeValues(String text) {
    StringBuilder result = new StringBuilder();
    Matcher key = KEY.matcher(text);
    int done = 0;
    while (key.find()) {
      if (key.end() > done && isSecret(key.group(1))) {
        int start = findStartOfValue(text, key.end());
        int end = findEndOfValue(text, key.start(), start);
        result.append(text, done, start).append(end > start ? PLACEHOLDER : "");
        done = end;
      }
    }
    return result.append(text.substring(done)).toString();
  }

  /**
   * Finds the start of a value, after its quote if it has one. A shell may write {@code $'...'}.
   */
  private static int findStartOfValue(String text, int start) {
    int quote = text.startsWith("$'", start) ? start + 1 : start;
    return quote < text.length() && isQuote(text.charAt(quote)) ? quote + 1 : start;
  }

  /**
   * Finds the end of a value. A quoted value ends at its quote, as does a value whose key follows a
   * quote.
   */
  private static int findEndOfValue(String text, int key, int start) {
    if (isQuote(text.charAt(start - 1))) {
      return findEndOfQuoted(text, start, text.charAt(start - 1));
    }
    if (key > 0 && isQuote(text.charAt(key - 1))) {
      return findEndOfQuoted(text, start, text.charAt(key - 1));
    }
    int end = start;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end += text.charAt(end) == '\\' ? 2 : 1;
    }
    return Math.min(end, text.length());
  }

  /** Finds the closing quote. A shell writes a quote inside quotes as '\''. */
  private static int findEndOfQuoted(String text, int start, char quote) {
    int end = start;
    while (end < text.length() && text.charAt(end) != quote) {
      end += text.charAt(end) == '\\' ? 2 : 1;
      if (text.startsWith("'\\''", end) && quote == '\'') {
        end += 4;
      }
    }
    return Math.min(end, text.length());
  }

  private static boolean isQuote(char character) {
    return character == '\'' || character == '"';
  }

  private static String removeProperties(String text) {
    return PROPERTY
        .matcher(text)
        .replaceAll(
            line ->
                Matcher.quoteReplacement(
                    isSecret(line.group(2)) ? line.group(1) + PLACEHOLDER : line.group()));
  }

  private static String removeUserInfo(String text) {
    return USER_INFO.matcher(text).replaceAll(uri -> Matcher.quoteReplacement(removeUserInfo(uri)));
  }

  private static String removeUserInfo(MatchResult uri) {
    String scheme = uri.group(1);
    boolean container = CONTAINERS.contains(scheme) && !uri.group(2).contains(":");
    return container ? uri.group() : scheme + "://" + PLACEHOLDER + "@";
  }
}
