package io.boxwright.torch.cuda;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.LongByReference;
import io.boxwright.torch.LibTorch;
import java.nio.file.Path;

/**
 * A stream of a GPU besides the default one, on which libtorch and Boxwright's kernels work if a
 * thread {@linkplain #run says so}. It does not wait for the default stream, nor that one for it.
 * Lives as long as the process.
 */
final class CudaStream {

  /** The stream that libtorch uses unless it is told otherwise. */
  static final long DEFAULT = 0;

  private static final int NON_BLOCKING = 1; // CU_STREAM_NON_BLOCKING
  private static final ThreadLocal<Long> CURRENT = ThreadLocal.withInitial(() -> DEFAULT);

  private final CudaContext context;
  private final long handle;

  /** Makes a stream in a context. */
  CudaStream(CudaContext context) {
    LongByReference stream = new LongByReference();
    context.run(
        () -> CudaDriver.check(CudaDriver.cuStreamCreate(stream, NON_BLOCKING), "make a stream"));
    this.context = context;
    this.handle = stream.getValue();
  }

  /** Returns the stream that this thread works on. */
  static long current() {
    return CURRENT.get();
  }

  long handle() {
    return handle;
  }

  CudaContext context() {
    return context;
  }

  /** Runs work of this thread on the stream, in libtorch and in Boxwright's kernels. */
  void run(Runnable work) {
    LongByReference guard = new LongByReference();
    StreamGuard.check(
        StreamGuard.aoti_torch_create_cuda_stream_guard(handle, context.ordinal(), guard));
    CURRENT.set(handle);
    try {
      work.run();
    } finally {
      CURRENT.remove();
      StreamGuard.check(StreamGuard.aoti_torch_delete_cuda_stream_guard(guard.getValue()));
    }
  }

  /** Waits until this stream and the default one have done all their work. */
  void synchronize() {
    context.run(
        () -> {
          CudaDriver.check(CudaDriver.cuStreamSynchronize(handle), "finish a stream");
          CudaDriver.check(CudaDriver.cuStreamSynchronize(DEFAULT), "finish the default stream");
        });
  }

  /**
   * libtorch's {@code CUDAStreamGuard} in its C interface for compiled models ({@code
   * torch/csrc/inductor/aoti_torch/c/shim.h}).
   */
  private static final class StreamGuard {

    static {
      LibTorch.load();
      Native.register(
          StreamGuard.class,
          NativeLibrary.getInstance(
              Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName("torch_cuda")).toString()));
    }

    private static native int aoti_torch_create_cuda_stream_guard(
        long stream, int device, LongByReference guard);

    private static native int aoti_torch_delete_cuda_stream_guard(long guard);

    private static void check(int code) {
      if (code != 0) {
        throw new CudaException("libtorch cannot change its stream (error %d)".formatted(code));
      }
    }
  }
}
