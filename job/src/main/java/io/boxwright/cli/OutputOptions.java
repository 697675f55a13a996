package io.boxwright.cli;

import io.boxwright.job.actions.ExistingOutput;
import io.boxwright.job.actions.GenerateImages;
import io.boxwright.job.output.CommitMode;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Options that say how the output folder is filled. */
final class OutputOptions {

  /** What becomes of images that are there; none: they stay. */
  static final class Existing {

    @Option(
        names = "--overwrite",
        description = "Remove the images that runs left in the output folder, and start anew.")
    private boolean overwrite;

    @Option(names = "--retry-errors", description = "Go on, and make images that failed again.")
    private boolean retryErrors;
  }

  @ArgGroup(exclusive = true)
  private Existing existing = new Existing();

  @Option(
      names = "--chunk-rows",
      paramLabel = "N",
      converter = CountConverter.class,
      description =
          "Rows that are finished together, in one file. Default: one to four batches, more for"
              + " millions of rows.")
  private Integer chunkRows;

  @Option(
      names = "--commit",
      paramLabel = "rename|manifest",
      description =
          "What makes a file count: its name, or that the driver lists it, for file systems that"
              + " cannot rename in one step. Default: as fits the file system.")
  private CommitMode commit;

  /** Hands the options to an action. */
  void configure(GenerateImages action) {
    action.chunkRows(chunkRows).commit(commit).existing(existing());
  }

  private ExistingOutput existing() {
    if (existing.overwrite) {
      return ExistingOutput.OVERWRITE;
    }
    return existing.retryErrors ? ExistingOutput.RETRY_ERRORS : ExistingOutput.RESUME;
  }
}
