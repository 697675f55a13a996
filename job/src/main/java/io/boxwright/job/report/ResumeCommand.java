package io.boxwright.job.report;

import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunRecord;
import io.boxwright.text.Redaction;

/**
 * The command that goes on with a run, from any working directory.
 *
 * @param command the command
 * @param note what a reader must change in it, as " (...)"; empty if nothing
 */
public record ResumeCommand(String command, String note) {

  /** Finds the command of the run in a folder. */
  public static ResumeCommand of(RunFolder folder) {
    return RunRecord.read(folder)
        .map(record -> of(record, folder))
        .orElse(new ResumeCommand("the command that began it", ""));
  }

  /** Makes the command of a record that was read from a folder. */
  private static ResumeCommand of(RunRecord record, RunFolder folder) {
    String command =
        record.directory() == null
            ? record.command()
            : "cd %s && %s".formatted(ShellWord.quoted(record.directory()), record.command());
    boolean moved = record.folder() != null && !folder.isAt(record.folder());
    return new ResumeCommand(
        command,
        moved
            ? " (the run has moved: give %s in place of %s)"
                .formatted(folder.path(), record.folder())
            : "");
  }

  /** Returns this command with one more option. */
  public ResumeCommand with(String option) {
    return new ResumeCommand(command + " " + option, note);
  }

  /** Returns the command with a reminder of secrets that were taken out, and the note. */
  @Override
  public String toString() {
    return command + Redaction.reminder(command) + note;
  }
}
