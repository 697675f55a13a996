package io.boxwright.diffusion.pipelines;

/** What the time of a run goes into. */
public enum Stage {
  /** Loading pipelines and detectors. */
  LOAD,
  /** Prompts to what the UNet attends to. */
  ENCODE,
  /** Guided passes, which move latents before a denoising step. */
  GUIDE,
  /** The UNet's predictions, and the averages of their attention maps. */
  DENOISE,
  /** The first noise, classifier-free guidance and the scheduler's steps. */
  SCHEDULE,
  /** Scores of images, other than what a detector does. */
  SCORE,
  /** Latents to pixels. */
  DECODE,
  /** Looking for objects in images with a detector, and scoring them. */
  DETECT,
  /** Pixels to PNG. */
  PNG,
  /** Rows to a file that is on disk then, without the renaming that makes it count. */
  WRITE
}
