package io.boxwright.udf.executor;

import ai.djl.Device;
import io.boxwright.diffusion.loading.HashedFolder;
import io.boxwright.diffusion.loading.ModelFingerprint;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.diffusion.pipelines.PretrainedOptions.SafetyCheck;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * The pipeline that a job wants on its executors.
 *
 * @param model the diffusers folder
 * @param fingerprint the content that the driver found there and executors must load
 * @param deviceType the kind of device that it runs on
 * @param weightType the type of its weights
 * @param variant the variant of the weight files, such as {@code fp16}; null for the plain ones
 * @param loras the changes of its weights
 * @param textualInversions the tokens that are added to its tokenizer
 * @param safetyCheck the check of finished images for unsafe content
 * @param ipAdapter the IP-Adapter; null for none
 * @param loader the loader of the pipeline
 */
public record PipelineSpec(
    ModelFolder model,
    ModelFingerprint fingerprint,
    DeviceType deviceType,
    WeightType weightType,
    String variant,
    List<FoundLora> loras,
    List<FoundTextualInversion> textualInversions,
    SafetyCheck safetyCheck,
    FoundIPAdapter ipAdapter,
    PipelineLoader loader)
    implements Serializable {

  /** Copies the lists. */
  public PipelineSpec {
    loras = List.copyOf(loras);
    textualInversions = List.copyOf(textualInversions);
  }

  /**
   * Returns the options for loading the folder on a device.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming a file of the additions
   *     that is not the driver's on this host
   */
  PretrainedOptions pretrainedOptions(Device device) {
    PretrainedOptions options =
        new PretrainedOptions(device, weightType.on(device), variant)
            .withLoras(loras.stream().map(FoundLora::localize).toList())
            .withTextualInversions(
                textualInversions.stream().map(FoundTextualInversion::localize).toList())
            .withSafetyCheck(safetyCheck);
    return ipAdapter == null ? options : options.withIPAdapter(ipAdapter.localize());
  }

  /** Describes LoRAs, textual inversions and IP-Adapter with their content. */
  List<String> describeAdditions() {
    Stream<String> adapter =
        Stream.ofNullable(ipAdapter).flatMap(found -> found.describe().values().stream());
    Stream<String> tokens = textualInversions.stream().map(FoundTextualInversion::describe);
    return Stream.of(loras.stream().map(FoundLora::describe), tokens, adapter)
        .flatMap(descriptions -> descriptions)
        .toList();
  }

  /**
   * Checks again that the additions on this host are the driver's: one may have changed while it
   * was loaded.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the file that has changed
   */
  void verifyAdditions() {
    loras.forEach(FoundLora::localize);
    textualInversions.forEach(FoundTextualInversion::localize);
    if (ipAdapter != null) {
      ipAdapter.localize();
    }
  }

  /**
   * Reads the whole model on this host and checks that it is the driver's.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming this host and the first
   *     file that differs from the driver's
   */
  HashedFolder verify() {
    return SameModelCheck.require(model.name(), model.hash(loader, variant), fingerprint);
  }
}
