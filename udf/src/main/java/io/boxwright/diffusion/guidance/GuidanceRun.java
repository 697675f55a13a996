package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.models.Conditioning;
import java.util.List;

/** The guidance of one batch, from its first step to its last. Not thread-safe. */
public interface GuidanceRun extends AutoCloseable {

  /**
   * Guides the latents before a step.
   *
   * @param latents the latents, (B, C, h, w), float32; they are not changed
   * @param i the step, from 0
   * @return the guided latents, (B, C, h, w); {@code latents} itself if no row needs guidance
   */
  NDArray beforeStep(NDArray latents, int i);

  /**
   * Returns whether call {@code i} of the denoiser belongs to a step that may be guided. That does
   * not depend on the rows, which may be finished.
   */
  boolean guides(int i);

  /** Uses other states of the rows' prompts, (B, T, D), in later steps. */
  void changeConditioning(Conditioning conditioning);

  /** Returns what the guidance did so far, one entry per row. */
  List<GuidanceTrace> traces();

  @Override
  void close();
}
