package io.boxwright.torch.cuda;

import com.sun.jna.ptr.LongByReference;

/** Work of a GPU that was captured once and can be launched as a whole. */
final class CudaGraph implements GraphRecorder.Recording {

  private static final int RELAXED = 2; // CU_STREAM_CAPTURE_MODE_RELAXED: other threads may go on

  /** Frees before a launch what the last one left, so that one array too many does no harm. */
  private static final long AUTO_FREE_ON_LAUNCH = 1;

  private final CudaContext context;
  private final long executable;

  private CudaGraph(CudaContext context, long executable) {
    this.context = context;
    this.executable = executable;
  }

  /**
   * Captures what work does on a stream. Nothing is computed.
   *
   * @throws CudaException if the work cannot be captured
   */
  static CudaGraph capture(CudaStream stream, Runnable work) {
    long graph = captureGraph(stream, work);
    LongByReference executable = new LongByReference();
    stream
        .context()
        .run(
            () -> {
              int code =
                  CudaDriver.cuGraphInstantiateWithFlags(executable, graph, AUTO_FREE_ON_LAUNCH);
              CudaDriver.check(CudaDriver.cuGraphDestroy(graph), "free a graph");
              CudaDriver.check(code, "prepare a graph");
            });
    return new CudaGraph(stream.context(), executable.getValue());
  }

  private static long captureGraph(CudaStream stream, Runnable work) {
    LongByReference graph = new LongByReference();
    stream.run(
        () -> {
          begin(stream);
          int code;
          try {
            work.run();
          } finally {
            code = end(stream, graph);
          }
          CudaDriver.check(code, "capture a graph"); // an error of the work comes first
        });
    return graph.getValue();
  }

  private static void begin(CudaStream stream) {
    stream
        .context()
        .run(
            () ->
                CudaDriver.check(
                    CudaDriver.cuStreamBeginCapture_v2(stream.handle(), RELAXED),
                    "capture a graph"));
  }

  private static int end(CudaStream stream, LongByReference graph) {
    int[] code = new int[1];
    stream.context().run(() -> code[0] = CudaDriver.cuStreamEndCapture(stream.handle(), graph));
    return code[0];
  }

  @Override
  public void replay() {
    context.run(
        () ->
            CudaDriver.check(
                CudaDriver.cuGraphLaunch(executable, CudaStream.DEFAULT), "launch a graph"));
  }

  @Override
  public void close() {
    context.run(
        () -> {
          CudaDriver.check(
              CudaDriver.cuStreamSynchronize(CudaStream.DEFAULT), "finish the default stream");
          CudaDriver.check(CudaDriver.cuGraphExecDestroy(executable), "free a graph");
        });
    context.trimGraphMemory();
  }
}
