package io.boxwright.diffusion.pipelines;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.loading.Lora;
import java.util.List;

/**
 * Options for loading a folder: the keyword arguments of diffusers' {@code from_pretrained}.
 *
 * @param device the device that the weights go to
 * @param dataType the type of the weights there: {@code FLOAT32}, or on a GPU also {@code FLOAT16}
 * @param variant the variant of the files, such as {@code fp16}; null for the plain files
 * @param loras the changes that are added to the weights, as by {@code load_lora_weights} and
 *     {@code fuse_lora}
 */
public record PretrainedOptions(
    Device device, DataType dataType, String variant, List<Lora> loras) {

  /** Copies the list. */
  public PretrainedOptions {
    loras = List.copyOf(loras);
  }

  /** Makes options without LoRAs. */
  public PretrainedOptions(Device device, DataType dataType, String variant) {
    this(device, dataType, variant, List.of());
  }

  /** Returns options for the CPU in float32, from the plain files. */
  public static PretrainedOptions cpu() {
    return new PretrainedOptions(Device.cpu(), DataType.FLOAT32, null);
  }

  /** Returns these options with other LoRAs. */
  public PretrainedOptions withLoras(List<Lora> others) {
    return new PretrainedOptions(device, dataType, variant, others);
  }
}
