package io.boxwright.diffusion.pipelines;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;

/**
 * How a folder is loaded: the keyword arguments of diffusers' {@code from_pretrained}.
 *
 * @param device where the weights go
 * @param dataType their type there: {@code FLOAT32}, or on a GPU {@code FLOAT16}
 * @param variant which files, such as {@code fp16}; null for the plain ones
 */
public record PretrainedOptions(Device device, DataType dataType, String variant) {

  /** On the CPU in float32, from the plain files. */
  public static PretrainedOptions cpu() {
    return new PretrainedOptions(Device.cpu(), DataType.FLOAT32, null);
  }
}
