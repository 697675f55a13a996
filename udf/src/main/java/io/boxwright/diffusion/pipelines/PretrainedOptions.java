package io.boxwright.diffusion.pipelines;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;

/**
 * Options for loading a folder: the keyword arguments of diffusers' {@code from_pretrained}.
 *
 * @param device the device that the weights go to
 * @param dataType the type of the weights there: {@code FLOAT32}, or on a GPU also {@code FLOAT16}
 * @param variant the variant of the files, such as {@code fp16}; null for the plain files
 */
public record PretrainedOptions(Device device, DataType dataType, String variant) {

  /** Returns options for the CPU in float32, from the plain files. */
  public static PretrainedOptions cpu() {
    return new PretrainedOptions(Device.cpu(), DataType.FLOAT32, null);
  }
}
