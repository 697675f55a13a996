package io.boxwright.job.report;

/** The quoting of words for a shell. */
public final class ShellWord {

  private ShellWord() {}

  /** Returns a word, in quotes if it needs them, as a shell reads it unchanged. */
  public static String quoted(String word) {
    return word.matches("[\\w./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
