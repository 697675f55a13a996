package io.boxwright.job.report;

/** Writes words so that a shell reads them as they are. */
public final class ShellWord {

  private ShellWord() {}

  /** A word, in quotes if it needs them. */
  public static String quoted(String word) {
    return word.matches("[\\w./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
