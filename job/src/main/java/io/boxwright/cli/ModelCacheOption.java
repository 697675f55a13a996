package io.boxwright.cli;

import io.boxwright.diffusion.loading.ModelCache;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code --model-cache} of all commands that open a model. */
final class ModelCacheOption {

  @Option(
      names = "--model-cache",
      paramLabel = "FOLDER",
      description =
          "Where models that come from elsewhere are copied to, on each host, and where hashes of"
              + " models are remembered: a folder that only you can write to. Default:"
              + " boxwright-USER in the folder for temporary files.")
  private Path folder = ModelCache.defaultFolder();

  /** Where models that come from elsewhere are copied to. */
  Path folder() {
    return folder;
  }
}
