package io.boxwright.diffusion.loading;

import ai.djl.ndarray.types.DataType;

/** The number types of safetensors files that can be read, by the names they have there. */
enum SafeTensorType {
  F64(DataType.FLOAT64, Double.BYTES),
  F32(DataType.FLOAT32, Float.BYTES),
  F16(DataType.FLOAT16, Short.BYTES),
  BF16(DataType.FLOAT32, Short.BYTES),
  I64(DataType.INT64, Long.BYTES),
  I32(DataType.INT32, Integer.BYTES),
  I8(DataType.INT8, Byte.BYTES),
  U8(DataType.UINT8, Byte.BYTES),
  BOOL(DataType.BOOLEAN, Byte.BYTES);

  private final DataType dataType;
  private final long byteCount;

  SafeTensorType(DataType dataType, long byteCount) {
    this.dataType = dataType;
    this.byteCount = byteCount;
  }

  /** The type of the array it is read into. */
  DataType dataType() {
    return dataType;
  }

  /** Bytes of one number in the file. */
  long byteCount() {
    return byteCount;
  }
}
