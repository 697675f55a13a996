package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.loading.ModelLoadingException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of an IP-Adapter.
 *
 * @param file the adapter, in safetensors
 * @param imageEncoder the folder of its image encoder; empty for the {@code image_encoder} of the
 *     model's folder
 */
public record IPAdapterFiles(Path file, Optional<Path> imageEncoder) {

  private static final String SUFFIX = ".safetensors";

  /**
   * Checks the name of the file.
   *
   * @throws ModelLoadingException if the file is pickled or of another format
   */
  public IPAdapterFiles {
    if (!file.toString().endsWith(SUFFIX)) {
      throw new ModelLoadingException(
          "Cannot read the IP-Adapter %s: it must be a .safetensors file; files that are pickled (.bin) can run code when opened: take the file of the same name in safetensors, or convert it"
              .formatted(file));
    }
  }

  /** Returns the name of the file without its suffix. */
  String name() {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - SUFFIX.length());
  }
}
