package io.boxwright.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;

/**
 * The addresses of arrays in the memory of their devices. Only a class that is private to DJL's
 * package gives them, and it is opened here.
 */
public final class ArrayMemory {

  private static final MethodHandle DIRECT_BYTE_BUFFER = findDirectByteBuffer();

  private ArrayMemory() {}

  private static MethodHandle findDirectByteBuffer() {
    LibTorch.load();
    try {
      Class<?> library = Class.forName("ai.djl.pytorch.jni.PyTorchLibrary");
      Field instance = library.getDeclaredField("LIB");
      instance.setAccessible(true);
      Method method = library.getDeclaredMethod("torchDirectByteBuffer", long.class);
      method.setAccessible(true);
      return MethodHandles.lookup().unreflect(method).bindTo(instance.get(null));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("This DJL does not say where an array is", e);
    }
  }

  /** Fails with a {@link LinkageError} if this DJL does not say where arrays are. */
  public static void requireAddresses() {
    // The static initializer has run by now, or has failed.
  }

  /** Returns the address of the first number of a contiguous array, on its device. */
  public static long address(NDArray array) {
    long bytes = array.size() * array.getDataType().getNumOfBytes();
    if (bytes <= Integer.MAX_VALUE) {
      return addressOf((PtNDArray) array);
    }
    // A buffer cannot be larger; a part of an array starts where the array does.
    int axis = array.getShape().get(0) > 1 ? 0 : 1;
    try (PtNDArray part = JniUtils.slice((PtNDArray) array, axis, 0, 1, 1)) {
      return address(part);
    }
  }

  private static long addressOf(PtNDArray array) {
    try {
      ByteBuffer buffer = (ByteBuffer) DIRECT_BYTE_BUFFER.invoke((long) array.getHandle());
      return Pointer.nativeValue(Native.getDirectBufferPointer(buffer));
    } catch (Throwable e) {
      throw new IllegalStateException("Cannot tell where an array is", e);
    }
  }
}
