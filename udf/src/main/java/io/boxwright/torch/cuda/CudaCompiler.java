package io.boxwright.torch.cuda;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import io.boxwright.torch.LibTorch;
import java.nio.file.Path;

/** NVRTC, the compiler of CUDA C++ that comes with libtorch. */
final class CudaCompiler {

  static {
    Native.register(CudaCompiler.class, NativeLibrary.getInstance(findLibrary().toString()));
  }

  private CudaCompiler() {}

  /** Finds libtorch's own link to NVRTC, which has another file name in every version. */
  private static Path findLibrary() {
    LibTorch.load();
    return Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName("caffe2_nvrtc"));
  }

  private static native int nvrtcVersion(IntByReference major, IntByReference minor);

  private static native int nvrtcCreateProgram(
      PointerByReference program,
      String source,
      String name,
      int headers,
      long headerSources,
      long headerNames);

  private static native int nvrtcCompileProgram(long program, int count, Pointer options);

  private static native int nvrtcGetProgramLogSize(long program, LongByReference bytes);

  private static native int nvrtcGetProgramLog(long program, Pointer log);

  private static native int nvrtcGetCUBINSize(long program, LongByReference bytes);

  private static native int nvrtcGetCUBIN(long program, byte[] image);

  private static native int nvrtcDestroyProgram(PointerByReference program);

  /** Fails if NVRTC cannot be used. */
  static void requireCompiler() {
    check(nvrtcVersion(new IntByReference(), new IntByReference()), "tell its version");
  }

  /**
   * Compiles a file.
   *
   * @param name the name of the file, for messages
   * @param options options of the compiler, such as {@code --gpu-architecture=sm_90}
   * @return machine code for {@code cuModuleLoadData}
   * @throws CudaCompilationException with the compiler's messages
   */
  static byte[] compile(String name, String source, String... options) {
    PointerByReference reference = new PointerByReference();
    check(nvrtcCreateProgram(reference, source, name, 0, 0, 0), "start on " + name);
    long program = Pointer.nativeValue(reference.getValue());
    try {
      int code = nvrtcCompileProgram(program, options.length, new StringArray(options));
      check(code, "compile %s: %s".formatted(name, code == 0 ? "" : readLog(program)));
      LongByReference bytes = new LongByReference();
      check(nvrtcGetCUBINSize(program, bytes), "give the size of " + name);
      byte[] image = new byte[Math.toIntExact(bytes.getValue())];
      check(nvrtcGetCUBIN(program, image), "give the code of " + name);
      return image;
    } finally {
      nvrtcDestroyProgram(reference);
    }
  }

  private static String readLog(long program) {
    LongByReference bytes = new LongByReference();
    check(nvrtcGetProgramLogSize(program, bytes), "give its messages");
    Memory log = new Memory(bytes.getValue());
    check(nvrtcGetProgramLog(program, log), "give its messages");
    return log.getString(0);
  }

  private static void check(int code, String what) {
    if (code != 0) {
      throw new CudaCompilationException("NVRTC cannot %s (error %d)".formatted(what, code));
    }
  }
}
