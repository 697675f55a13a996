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
 * The pipeline that a job wants on its executors.
 *
 * @param model the diffusers folder
 * @param fingerprint the content that the driver found there and executors must load
 * @param deviceType the kind of device that it runs on
 * @param weightType the type of its weights
 * @param variant the variant of the weight files, such as {@code fp16}; null for the plain ones
 * @param loader the loader of the pipeline
 */
public record PipelineSpec(
    ModelFolder model,
    ModelFingerprint fingerprint,
    DeviceType deviceType,
    WeightType weightType,
    String variant,
    PipelineLoader loader)
    implements Serializable {

  /** Returns the options for loading the folder on a device. */
  PretrainedOptions pretrainedOptions(Device device) {
    return new PretrainedOptions(device, weightType.on(device), variant);
  }

  /**
   * Reads the whole model on this host and checks that it is the driver's.
   *
   * @throws ModelLoadingException naming this host and the first file that differs from the
   *     driver's
   */
  HashedFolder verify() {
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
