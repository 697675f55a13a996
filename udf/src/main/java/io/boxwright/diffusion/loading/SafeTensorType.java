package io.boxwright.diffusion.loading;

import ai.djl.ndarray.types.DataType;

/** The number types of safetensors files that can be read, by their names in the files. */
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

  /** Returns the type of the array that the numbers are read into. */
  DataType dataType() {
    return dataType;
  }

  /** Returns the number of bytes of one number in the file. */
  long byteCount() {
    return byteCount;
  }
}
