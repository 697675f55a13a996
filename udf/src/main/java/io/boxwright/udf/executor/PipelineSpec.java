package io.boxwright.udf.executor;

import ai.djl.Device;
import io.boxwright.diffusion.loading.HashedFolder;
import io.boxwright.diffusion.loading.ModelFingerprint;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Which pipeline a job wants on its executors.
 *
 * @param model the diffusers folder
 * @param fingerprint what the driver found there, which is what executors have to load
 * @param deviceType where it runs
 * @param weightType the type of its weights
 * @param variant which weight files, such as {@code fp16}; null for the plain ones
 * @param loader how it is loaded
 */
public record PipelineSpec(
    ModelFolder model,
    ModelFingerprint fingerprint,
    DeviceType deviceType,
    WeightType weightType,
    String variant,
    PipelineLoader loader)
    implements Serializable {

  /** How the folder is loaded on a device. */
  PretrainedOptions pretrainedOptions(Device device) {
    return new PretrainedOptions(device, weightType.on(device), variant);
  }

  /**
   * The model on this host, read whole.
   *
   * @throws ModelLoadingException naming this host and the first file that is not as the driver's
   */
  HashedFolder verified() {
    HashedFolder here = model.hash(loader, variant);
    Optional<String> difference = here.fingerprint().difference(fingerprint);
    if (difference.isPresent()) {
      throw new ModelLoadingException(
          "Cannot load %s on host %s, which has another model than the driver found: in %s, %s"
              .formatted(model.name(), hostName(), here.folder(), difference.get()));
    }
    return here;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown"; // a container without a network
    }
  }
}
