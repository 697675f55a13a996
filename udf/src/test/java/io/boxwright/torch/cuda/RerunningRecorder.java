package io.boxwright.torch.cuda;

import ai.djl.Device;

/**
 * Stands for a GPU's graphs on the CPU: a recording runs the recorded function again. So it sees
 * everything but its inputs as it was when it was recorded. In use until closed.
 */
public final class RerunningRecorder implements GraphRecorder, AutoCloseable {

  private int recordings;
  private int failingReplay = Integer.MAX_VALUE;
  private boolean recordingFails;
  private int replays;

  /** Makes a recorder that all pipelines of the CPU use that are made until it is closed. */
  public RerunningRecorder() {
    Loaded.replace(Device.cpu(), this);
  }

  /** Makes every recording fail. */
  public void failAtRecordings() {
    recordingFails = true;
  }

  /** Makes the replay with this number fail, from 1. */
  public void failAtReplay(int number) {
    failingReplay = number;
  }

  /** Returns how often something was recorded. */
  public int recordings() {
    return recordings;
  }

  /** Returns how often a recording was replayed. */
  public int replays() {
    return replays;
  }

  @Override
  public void warmUp(Runnable work) {
    work.run();
  }

  @Override
  public Recording record(Runnable work) {
    recordings++;
    if (recordingFails) {
      throw new CudaException("CUDA cannot capture a graph: operation not permitted");
    }
    return new Recording() {

      private boolean closed;

      @Override
      public void replay() {
        if (closed) {
          throw new IllegalStateException("The recording is closed");
        }
        replays++;
        if (replays == failingReplay) {
          throw new CudaException("CUDA cannot launch a graph: out of memory");
        }
        work.run();
      }

      @Override
      public void close() {
        closed = true;
      }
    };
  }

  @Override
  public void close() {
    Loaded.replace(Device.cpu(), null);
  }
}
