package io.boxwright.cli;

/** The exit codes of the command line. */
public final class ExitCode {

  /** All rows are good. */
  public static final int OK = 0;

  /** Something unexpected happened; a message or a stack trace says what. */
  public static final int UNEXPECTED = 1;

  /** Options or input are wrong; no task was started. */
  public static final int INVALID_INPUT = 2;

  /** The job is done, but some rows have {@code status} {@code error}. */
  public static final int ROWS_FAILED = 3;

  /** Ctrl-C stopped the command, as in shells; other signals give 128 plus their numbers. */
  public static final int STOPPED = 130;

  private ExitCode() {}
}
