package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.Lora;
import io.boxwright.diffusion.loading.ModelFingerprint;
import io.boxwright.diffusion.loading.ModelLoadingException;
import java.io.Serializable;

/**
 * A LoRA as the driver found it: a value that can be sent to executors.
 *
 * @param source the file
 * @param fingerprint the content that executors must load
 */
public record FoundLora(LoraSource source, ModelFingerprint fingerprint) implements Serializable {

  /**
   * Reads a LoRA on this host.
   *
   * @throws ModelLoadingException naming the file that cannot be read
   */
  public static FoundLora of(LoraSource source) {
    return new FoundLora(source, source.hash().fingerprint());
  }

  /** Describes the LoRA for plans and records: name, weight and content. */
  public String describe() {
    return "%s:%s sha256 %s".formatted(source.name(), source.weight(), fingerprint.hex());
  }

  /**
   * Finds the file on this host and checks that it is the driver's.
   *
   * @throws ModelLoadingException naming this host and the file, if its content is another one
   */
  Lora localize() {
    SameModelCheck.require(source.name(), source.hash(), fingerprint);
    return source.localize();
  }
}
