package io.boxwright.udf.executor;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;

/** The type of a pipeline's weights. */
public enum WeightType {
  /** {@link #FLOAT16} on a GPU, {@link #FLOAT32} on the CPU. */
  AUTO {
    @Override
    public DataType on(Device device) {
      return device.isGpu() ? DataType.FLOAT16 : DataType.FLOAT32;
    }
  },
  /** 32 bits: twice the memory, and the only sensible type on the CPU. */
  FLOAT32 {
    @Override
    public DataType on(Device device) {
      return DataType.FLOAT32;
    }
  },
  /** 16 bits. */
  FLOAT16 {
    @Override
    public DataType on(Device device) {
      return DataType.FLOAT16;
    }
  };

  /** Returns the type on a device. */
  public abstract DataType on(Device device);
}
