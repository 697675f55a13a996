package io.boxwright.cli;

import io.boxwright.cli.OptionGroup.Part;
import io.boxwright.job.actions.ExistingOutput;
import io.boxwright.job.actions.GenerateImages;
import io.boxwright.job.output.CommitMode;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Options of how the output folder is filled. */
@OptionGroup(Part.OUTPUT)
final class OutputOptions {

  /** Options for images that exist already. Without any, these stay. */
  @OptionGroup(Part.OUTPUT)
  static final class Existing {

    @Option(
        names = "--overwrite",
        description = "Remove the images of earlier runs from the output folder, and start anew.")
    private boolean overwrite;

    @Option(names = "--retry-errors", description = "Go on, and make failed images again.")
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
          "How a finished file is marked: by its name, or in a list of the driver, for file systems"
              + " that cannot rename in one step. Default: the one that suits the file system.")
  private CommitMode commit;

  /** Hands the options to an action. */
  void configure(GenerateImages action) {
    action.chunkRows(chunkRows).commit(commit).existing(chooseExisting());
  }

  private ExistingOutput chooseExisting() {
    if (existing.overwrite) {
      return ExistingOutput.OVERWRITE;
    }
    return existing.retryErrors ? ExistingOutput.RETRY_ERRORS : ExistingOutput.RESUME;
  }
}
