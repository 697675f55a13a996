package io.boxwright.cli;

import io.boxwright.cli.OptionGroup.Part;
import io.boxwright.diffusion.loading.ModelCache;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code --model-cache} of all commands that open a model. */
@OptionGroup(Part.MODEL)
final class ModelCacheOption {

  @Option(
      names = "--model-cache",
      paramLabel = "FOLDER",
      converter = PathConverter.class,
      description =
          "Folder on each host for copies of models that come from elsewhere, and for hashes of"
              + " models. No other user may write to it. Default: boxwright-USER in the folder"
              + " for temporary files.")
  private Path folder = ModelCache.defaultFolder();

  /** Returns the folder for copies of models that come from elsewhere. */
  Path folder() {
    return folder;
  }
}
