package io.boxwright.torch.cuda;

import ai.djl.Device;
import io.boxwright.torch.LibTorch;

/** The {@link GraphRecorder} of one GPU. */
final class CudaGraphRecorder implements GraphRecorder {

  private final Device device;
  private final CudaStream stream;

  /**
   * Makes a recorder.
   *
   * @throws CudaException if the driver knows no such GPU
   * @throws LinkageError if there is no driver, or another libtorch
   */
  CudaGraphRecorder(Device device) {
    this.device = device;
    CudaDriver.requireDevice(device.getDeviceId());
    stream = new CudaStream(new CudaContext(device.getDeviceId()));
    stream.run(() -> {}); // fails now rather than later
  }

  @Override
  public void warmUp(Runnable work) {
    stream.synchronize();
    stream.run(work);
    stream.synchronize();
  }

  @Override
  public Recording record(Runnable work) {
    stream.synchronize();
    Recording recording = CudaGraph.capture(stream, work);
    LibTorch.emptyCache(device); // a graph cannot take what libtorch keeps for later
    return recording;
  }
}
