package io.boxwright.diffusion.pipelines;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.loading.LearnedEmbedding;
import io.boxwright.diffusion.loading.Lora;
import io.boxwright.diffusion.loading.TextualInversion;
import java.util.List;
import java.util.Optional;

/**
 * Options for loading a folder: the keyword arguments of diffusers' {@code from_pretrained}.
 *
 * @param device the device that the weights go to
 * @param dataType the type of the weights there: {@code FLOAT32}, or on a GPU also {@code FLOAT16}
 * @param variant the variant of the files, such as {@code fp16}; null for the plain files
 * @param loras the changes that are added to the weights, as by {@code load_lora_weights} and
 *     {@code fuse_lora}
 * @param textualInversions the tokens that are added to the tokenizer, as by {@code
 *     load_textual_inversion}
 * @param safetyCheck the check of finished images for unsafe content
 * @param ipAdapter the files of an IP-Adapter, as by {@code load_ip_adapter}
 */
public record PretrainedOptions(
    Device device,
    DataType dataType,
    String variant,
    List<Lora> loras,
    List<TextualInversion> textualInversions,
    SafetyCheck safetyCheck,
    Optional<IPAdapterFiles> ipAdapter) {

  /** A choice of what checks finished images for unsafe content. */
  public enum SafetyCheck {
    /** The folder's own safety checker, if it has one, as in diffusers. */
    MODEL,
    /** Nothing: {@code safety_checker=None}. */
    NONE
  }

  /** Copies the lists. */
  public PretrainedOptions {
    loras = List.copyOf(loras);
    textualInversions = List.copyOf(textualInversions);
  }

  /** Makes options without additions to the model, with the folder's own safety checker. */
  public PretrainedOptions(Device device, DataType dataType, String variant) {
    this(device, dataType, variant, List.of(), List.of(), SafetyCheck.MODEL, Optional.empty());
  }

  /** Returns options for the CPU in float32, from the plain files. */
  public static PretrainedOptions cpu() {
    return new PretrainedOptions(Device.cpu(), DataType.FLOAT32, null);
  }

  /** Returns these options with other LoRAs. */
  public PretrainedOptions withLoras(List<Lora> others) {
    return new PretrainedOptions(
        device, dataType, variant, others, textualInversions, safetyCheck, ipAdapter);
  }

  /** Returns these options with other textual inversions. */
  public PretrainedOptions withTextualInversions(List<TextualInversion> others) {
    return new PretrainedOptions(device, dataType, variant, loras, others, safetyCheck, ipAdapter);
  }

  /** Reads the headers of the textual inversions' files. */
  List<LearnedEmbedding> readTextualInversions() {
    return textualInversions.stream().map(LearnedEmbedding::read).toList();
  }

  /** Returns these options with another check of finished images. */
  public PretrainedOptions withSafetyCheck(SafetyCheck other) {
    return new PretrainedOptions(
        device, dataType, variant, loras, textualInversions, other, ipAdapter);
  }

  /** Returns these options with an IP-Adapter. */
  public PretrainedOptions withIPAdapter(IPAdapterFiles files) {
    return new PretrainedOptions(
        device, dataType, variant, loras, textualInversions, safetyCheck, Optional.of(files));
  }
}
