package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.HashedFolder;
import io.boxwright.diffusion.loading.Lora;
import io.boxwright.diffusion.loading.ModelLoadingException;
import java.io.Serializable;
import java.nio.file.Path;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A LoRA by the name that a person gave it.
 *
 * @param file the file, found as {@link SharedFile} says
 * @param weight the factor of its changes
 */
public record LoraSource(SharedFile file, double weight) implements Serializable {

  /**
   * Reads the text that a person wrote.
   *
   * @param text {@code FILE} or {@code FILE:WEIGHT}; the weight is 1 by default
   * @throws IllegalArgumentException if the name is empty or the weight is not finite
   */
  public static LoraSource parse(String text, Path cache, SerializableConfiguration hadoop) {
    Lora.Spelling spelling = Lora.Spelling.parse(text);
    return new LoraSource(SharedFile.of("LoRA", spelling.name(), cache, hadoop), spelling.weight());
  }

  /** Returns the name that the person gave. */
  public String name() {
    return file.name();
  }

  /**
   * Finds the file on this host. A name under which nothing is found is returned as a path, so that
   * reading it says what is missing.
   *
   * @throws ModelLoadingException naming the LoRA, if it cannot be copied
   */
  public Lora localize() {
    return new Lora(file.localize(), weight);
  }

  /**
   * Hashes the file on this host.
   *
   * @throws ModelLoadingException naming the file that cannot be read
   */
  HashedFolder hash() {
    return file.hash();
  }
}
