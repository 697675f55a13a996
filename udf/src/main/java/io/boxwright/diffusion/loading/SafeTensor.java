package io.boxwright.diffusion.loading;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Where one tensor lies in a safetensors file.
 *
 * @param file the file
 * @param type of the numbers there
 * @param shape as stored
 * @param position of its first byte in the file
 */
record SafeTensor(Path file, SafeTensorType type, long[] shape, long position) {

  /** A 1x1 convolution's weight (out, in, 1, 1) as the matrix (out, in); others as they are. */
  SafeTensor convolutionAsMatrix() {
    boolean convolution = shape.length == 4 && shape[2] == 1 && shape[3] == 1;
    return convolution ? new SafeTensor(file, type, Arrays.copyOf(shape, 2), position) : this;
  }

  /** The byte of the file after its last one. */
  long end() {
    return position + byteCount();
  }

  private long byteCount() {
    return Arrays.stream(shape).reduce(type.byteCount(), Math::multiplyExact);
  }

  /**
   * Reads the tensor onto the manager's device. On the CPU, numbers already of the wanted type stay
   * in the mapped file and are never copied.
   *
   * @param dataType what the numbers become
   * @return owned by the manager alone, whatever scope is open
   */
  NDArray read(NDManager manager, DataType dataType) {
    NDArray stored = readStored(manager);
    boolean keep = stored.getDataType() == dataType;
    NDArray wanted = keep ? stored : replace(stored, stored.toType(dataType, false));
    NDScope.unregister(wanted);
    return wanted;
  }

  private NDArray readStored(NDManager manager) {
    ByteBuffer bytes = map();
    return type == SafeTensorType.BF16
        ? readBfloat16(manager, bytes.asShortBuffer())
        : manager.create(bytes, new Shape(shape), type.dataType());
  }

  /** Widens to float32: DJL cannot convert bfloat16. */
  private NDArray readBfloat16(NDManager manager, ShortBuffer numbers) {
    try (NDManager cpu = manager.newSubManager(Device.cpu())) {
      NDArray widened = cpu.create(new Shape(shape), DataType.FLOAT32);
      FloatBuffer floats = widened.toByteBuffer(true).asFloatBuffer(); // the array's own memory
      while (numbers.hasRemaining()) {
        floats.put(Float.intBitsToFloat(numbers.get() << Short.SIZE));
      }
      NDArray there = widened.toDevice(manager.getDevice(), false);
      there.attach(manager);
      return there;
    }
  }

  private ByteBuffer map() {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel
          .map(FileChannel.MapMode.READ_ONLY, position, byteCount())
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new ModelLoadingException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static NDArray replace(NDArray old, NDArray replacement) {
    old.close();
    return replacement;
  }
}
