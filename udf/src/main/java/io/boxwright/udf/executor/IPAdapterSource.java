package io.boxwright.udf.executor;

import io.boxwright.diffusion.pipelines.IPAdapterFiles;
import java.io.Serializable;
import java.util.Optional;

/**
 * An IP-Adapter by the names that a person gave: a value that can be sent to executors.
 *
 * @param file the adapter, found as {@link SharedFile} says
 * @param imageEncoder the folder of its image encoder, found as {@link ImageEncoderSource} says;
 *     null for the {@code image_encoder} of the model's folder
 */
public record IPAdapterSource(SharedFile file, ImageEncoderSource imageEncoder)
    implements Serializable {

  /**
   * Finds the files on this host.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the file that cannot be
   *     copied or is of another format
   */
  public IPAdapterFiles localize() {
    return new IPAdapterFiles(
        file.localize(), Optional.ofNullable(imageEncoder).map(ImageEncoderSource::localize));
  }
}
