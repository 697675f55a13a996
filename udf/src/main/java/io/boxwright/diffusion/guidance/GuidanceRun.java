package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** The guidance of one batch, from its first step to its last. Not thread-safe. */
public interface GuidanceRun extends AutoCloseable {

  /**
   * Guides the latents before a step.
   *
   * @param latents (B, C, h, w), float32; not changed
   * @param i the step, from 0
   * @return the guided latents, (B, C, h, w); {@code latents} itself if no row needs guidance
   */
  NDArray beforeStep(NDArray latents, int i);

  /** What the guidance did so far, one entry a row. */
  List<GuidanceTrace> traces();

  @Override
  void close();
}
