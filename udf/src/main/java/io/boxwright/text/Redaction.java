package io.boxwright.text;

import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes secrets out of text that leaves the program: values of keys that are named like secrets,
 * such as {@code spark.hadoop.fs.s3a.secret.key=...}, and the user-info of URIs, such as {@code
 * s3a://KEY:SECRET@bucket}. What is redacted already stays as it is. Where it is not clear where a
 * value ends, more is taken out rather than less.
 */
public final class Redaction {

  /** Stands in the place of a secret. */
  public static final String PLACEHOLDER = "***";

  /**
   * {@code spark.redaction.regex}: Spark hides the values of settings whose key or value it finds
   * this in. Spark's own default, and what is missing there.
   */
  public static final String SPARK_KEYS =
      "(?i)secret|passw(or)?d|passphrase|token|credential|sharedaccess"
          + "|(access|account|private|api|encryption)[._-]?key|[._-]sas[._-]|[?&]sig="
          + "|://[^/\\s]*:[^/\\s]*@";

  /** {@code spark.redaction.string.regex}: Spark hides what it matches in descriptions of plans. */
  public static final String SPARK_STRINGS =
      "(?i)(?<=://)[^/\\s]*:[^/\\s]*@|(?<=[?&](sig|x-amz-signature|x-goog-signature)=)[^&\\s]+";

  private static final Pattern SECRET_KEY =
      Pattern.compile(
          "secret|passw(or)?d|passphrase|(^|[^a-z])(pwd|pass)$|authorization|credential|sharedaccess"
              + "|(access|account|private|api)[._-]?key|encryption[._-]?key$|key[._-]?data$|token$"
              + "|(^|[._-])sas([._-]|$)|(^|[._-])sig(nature)?$",
          Pattern.CASE_INSENSITIVE);

  /** Says where a secret is, not what it is. */
  private static final Pattern PLACE_OF_SECRET =
      Pattern.compile("(file|path|provider|class)$", Pattern.CASE_INSENSITIVE);

  /**
   * A key and what stands before its value: {@code key=}, {@code key = }, {@code "key": }. Behind a
   * slash it is a folder, such as that of a partition of a table.
   */
  private static final Pattern KEY =
      Pattern.compile("(?<![\\w./-])([\\w.-]++)(?:\"?\\s*+=\\s*+|\"\\s*+:\\s*+)");

  /** A line of a properties file, without {@code =}. */
  private static final Pattern PROPERTY =
      Pattern.compile("^(\\h*(spark\\.[\\w.-]++)\\h++)\\S++\\h*+$", Pattern.MULTILINE);

  /** User-info, with a slash in its password, too; a number after the colon is a port. */
  private static final Pattern USER_INFO =
      Pattern.compile(
          "(?<![\\w+.-])([a-zA-Z][\\w+.-]*+)://"
              + "([^/\\s]{0,500}@|[^/\\s:@]{1,200}:(?!\\d{1,5}(?:[/\\s]|$))[^\\s@]{0,500}@)");

  /** Schemes that name a container before the host. */
  private static final Set<String> CONTAINERS = Set.of("abfs", "abfss", "wasb", "wasbs");

  private Redaction() {}

  /** Text without secrets; null stays null. */
  public static String of(String text) {
    return text == null ? null : withoutUserInfo(withoutProperties(withoutValues(text)));
  }

  /** Whether a key's value is a secret, such as that of {@code fs.s3a.secret.key}. */
  public static boolean isSecret(String key) {
    return SECRET_KEY.matcher(key).find() && !PLACE_OF_SECRET.matcher(key).find();
  }

  /** Whether a path is a URI with a user's name, password or signature in it. */
  public static boolean hasCredentials(String path) {
    return !of(path).equals(path);
  }

  /** What a person must know who copies a redacted command line; nothing if it is whole. */
  public static String reminder(String command) {
    return command.contains(PLACEHOLDER)
        ? "  # put the secrets back in the place of " + PLACEHOLDER
        : "";
  }

  private static String withoutValues(String text) {
    StringBuilder result = new StringBuilder();
    Matcher key = KEY.matcher(text);
    int done = 0;
    while (key.find()) {
      if (key.end() > done && isSecret(key.group(1))) {
        int start = startOfValue(text, key.end());
        int end = endOfValue(text, key.start(), start);
        result.append(text, done, start).append(end > start ? PLACEHOLDER : "");
        done = end;
      }
    }
    return result.append(text.substring(done)).toString();
  }

  /** Behind its quote, if it has one. A shell may write {@code $'...'}. */
  private static int startOfValue(String text, int start) {
    int quote = text.startsWith("$'", start) ? start + 1 : start;
    return quote < text.length() && isQuote(text.charAt(quote)) ? quote + 1 : start;
  }

  /** A quoted value ends at its quote, as does one whose key stands after a quote. */
  private static int endOfValue(String text, int key, int start) {
    if (isQuote(text.charAt(start - 1))) {
      return endOfQuoted(text, start, text.charAt(start - 1));
    }
    if (key > 0 && isQuote(text.charAt(key - 1))) {
      return endOfQuoted(text, start, text.charAt(key - 1));
    }
    int end = start;
    while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
      end += text.charAt(end) == '\\' ? 2 : 1;
    }
    return Math.min(end, text.length());
  }

  /** The place of the closing quote. A shell writes a quote inside of quotes as '\''. */
  private static int endOfQuoted(String text, int start, char quote) {
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

  private static String withoutProperties(String text) {
    return PROPERTY
        .matcher(text)
        .replaceAll(
            line ->
                Matcher.quoteReplacement(
                    isSecret(line.group(2)) ? line.group(1) + PLACEHOLDER : line.group()));
  }

  private static String withoutUserInfo(String text) {
    return USER_INFO
        .matcher(text)
        .replaceAll(uri -> Matcher.quoteReplacement(withoutUserInfo(uri)));
  }

  private static String withoutUserInfo(MatchResult uri) {
    String scheme = uri.group(1);
    boolean container = CONTAINERS.contains(scheme) && !uri.group(2).contains(":");
    return container ? uri.group() : scheme + "://" + PLACEHOLDER + "@";
  }
}
