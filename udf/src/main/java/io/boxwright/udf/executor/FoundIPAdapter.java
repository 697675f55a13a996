package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.ModelFingerprint;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.pipelines.IPAdapterFiles;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * An IP-Adapter as the driver found it: a value that can be sent to executors.
 *
 * @param source the files
 * @param fingerprint the content of the adapter that executors must load
 * @param imageEncoder the content of the image encoder that executors must load; null if it belongs
 *     to the model
 */
public record FoundIPAdapter(
    IPAdapterSource source, ModelFingerprint fingerprint, ModelFingerprint imageEncoder)
    implements Serializable {

  /**
   * Reads an IP-Adapter on this host.
   *
   * @throws ModelLoadingException naming the file that cannot be read
   */
  public static FoundIPAdapter of(IPAdapterSource source) {
    source.localize(); // refuses other formats first
    return new FoundIPAdapter(
        source,
        source.file().hash().fingerprint(),
        source.imageEncoder() == null ? null : source.imageEncoder().hash().fingerprint());
  }

  /** Describes the files with their content for plans and records, by the names of settings. */
  public Map<String, String> describe() {
    Map<String, String> described = new TreeMap<>();
    described.put("ip_adapter", "%s sha256 %s".formatted(source.file().name(), fingerprint.hex()));
    if (imageEncoder != null) {
      described.put(
          "image_encoder",
          "%s sha256 %s".formatted(source.imageEncoder().name(), imageEncoder.hex()));
    }
    return described;
  }

  /**
   * Finds the files on this host and checks that they are the driver's.
   *
   * @throws ModelLoadingException naming this host and the file, if its content is another one
   */
  IPAdapterFiles localize() {
    SameModelCheck.require(source.file().name(), source.file().hash(), fingerprint);
    if (imageEncoder != null) {
      SameModelCheck.require(
          source.imageEncoder().name(), source.imageEncoder().hash(), imageEncoder);
    }
    return source.localize();
  }
}
