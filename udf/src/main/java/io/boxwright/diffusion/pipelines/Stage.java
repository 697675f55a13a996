package io.boxwright.diffusion.pipelines;

/** A stage of a run, whose time is measured. */
public enum Stage {
  /** Loading pipelines and detectors. */
  LOAD,
  /** Encoding prompts into the states that the UNet attends to. */
  ENCODE,
  /** Running guided passes, which move latents before a denoising step. */
  GUIDE,
  /** Predicting noise with the UNet, and averaging the attention maps. */
  DENOISE,
  /** Drawing the first noise, classifier-free guidance and the scheduler's steps. */
  SCHEDULE,
  /** Scoring images without a detector. */
  SCORE,
  /** Decoding latents into pixels. */
  DECODE,
  /** Checking images for unsafe content with the model's safety checker. */
  CHECK,
  /** Looking for objects in images with a detector, and scoring them. */
  DETECT,
  /** Encoding pixels as PNG. */
  PNG,
  /** Writing rows to a file on disk, without the renaming that makes the file count. */
  WRITE
}
