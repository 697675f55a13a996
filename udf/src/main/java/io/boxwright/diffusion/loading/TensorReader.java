package io.boxwright.diffusion.loading;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/**
 * A reader of tensors of safetensors files onto a device.
 *
 * <p>On the CPU files are mapped, and numbers that already have the wanted type are never copied. A
 * mapped file stays in the process's memory until the garbage collector finds it. On a GPU it would
 * serve no purpose after the copy, so tensors go through host memory that the reader owns.
 *
 * <p>Closing frees that memory, and so does closing the manager. The reader may be used again.
 */
final class TensorReader implements AutoCloseable {

  private final NDManager manager;
  private final DataType dataType;

  /** The bytes on the host, as many as the largest tensor so far had; null if there was none. */
  private NDArray staging;

  /**
   * Makes a reader.
   *
   * @param manager the manager that owns the tensors and whose device holds them
   * @param dataType the type that their numbers are converted to, {@code FLOAT32} or {@code
   *     FLOAT16}
   */
  TensorReader(NDManager manager, DataType dataType) {
    this.manager = manager;
    this.dataType = dataType;
  }

  /**
   * Reads a tensor.
   *
   * @return an array that the manager alone owns, whatever scope is open
   * @throws ModelLoadingException if the file cannot be read or has become shorter
   */
  NDArray read(SafeTensor tensor) {
    return manager.getDevice().isGpu() ? readStaged(tensor) : readMapped(tensor);
  }

  /** Reads a tensor of one number. */
  double readNumber(SafeTensor tensor) {
    try (NDManager cpu = manager.newSubManager(Device.cpu());
        NDArray number = new TensorReader(cpu, DataType.FLOAT32).readMapped(tensor)) {
      return number.toFloatArray()[0];
    }
  }

  /** Reads a tensor whose numbers may stay in the mapped file. */
  NDArray readMapped(SafeTensor tensor) {
    try (NDManager cpu = manager.newSubManager(Device.cpu());
        FileChannel channel = FileChannel.open(tensor.file(), StandardOpenOption.READ)) {
      ByteBuffer bytes =
          channel.map(FileChannel.MapMode.READ_ONLY, tensor.position(), tensor.byteCount());
      return keep(toArray(cpu, tensor, bytes).toType(dataType, false));
    } catch (IOException e) {
      throw unreadable(tensor, e);
    }
  }

  /** Reads a tensor through the staging memory, so that it is a copy. */
  NDArray readStaged(SafeTensor tensor) {
    try (NDManager cpu = manager.newSubManager(Device.cpu())) {
      NDArray copy = copy(toArray(cpu, tensor, stage(tensor)));
      return keep(copy.toType(dataType, false));
    }
  }

  /** Copies an array to the wanted device. DJL's {@code toDevice} copies only to another device. */
  private NDArray copy(NDArray array) {
    Device device = manager.getDevice();
    return array.getDevice().equals(device) ? array.duplicate() : array.toDevice(device, true);
  }

  private NDArray keep(NDArray array) {
    array.attach(manager);
    NDScope.unregister(array);
    return array;
  }

  /**
   * Makes an array of the numbers as they are stored, over the given bytes themselves where
   * possible.
   */
  private static NDArray toArray(NDManager cpu, SafeTensor tensor, ByteBuffer bytes) {
    ByteBuffer ordered = bytes.order(ByteOrder.LITTLE_ENDIAN);
    return tensor.type() == SafeTensorType.BF16
        ? widen(cpu, tensor, ordered.asShortBuffer())
        : cpu.create(ordered, new Shape(tensor.shape()), tensor.type().dataType());
  }

  /** Widens bfloat16 to float32: DJL cannot convert it. */
  private static NDArray widen(NDManager cpu, SafeTensor tensor, ShortBuffer numbers) {
    NDArray widened = cpu.create(new Shape(tensor.shape()), DataType.FLOAT32);
    FloatBuffer floats = widened.toByteBuffer(true).asFloatBuffer(); // the array's own memory
    while (numbers.hasRemaining()) {
      floats.put(Float.intBitsToFloat(numbers.get() << Short.SIZE));
    }
    return widened;
  }

  private ByteBuffer stage(SafeTensor tensor) {
    ByteBuffer bytes = ensureStaging(tensor.byteCount());
    try (FileChannel channel = FileChannel.open(tensor.file(), StandardOpenOption.READ)) {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, tensor.position() + bytes.position()) < 0) {
          throw new EOFException("it ends before byte " + tensor.end());
        }
      }
      return bytes.flip();
    } catch (IOException e) {
      throw unreadable(tensor, e);
    }
  }

  private ByteBuffer ensureStaging(long byteCount) {
    if (staging == null || staging.size() < byteCount) {
      close();
      try (NDManager cpu = manager.newSubManager(Device.cpu())) {
        staging = keep(cpu.create(new Shape(byteCount), DataType.INT8));
      }
    }
    return staging.toByteBuffer(true).limit(Math.toIntExact(byteCount)); // the array's own memory
  }

  @Override
  public void close() {
    if (staging != null) {
      staging.close();
      staging = null;
    }
  }

  private static ModelLoadingException unreadable(SafeTensor tensor, IOException e) {
    return new ModelLoadingException(
        "Cannot read %s: %s".formatted(tensor.file(), e.getMessage()), e);
  }
}
