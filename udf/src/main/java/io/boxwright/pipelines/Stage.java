package io.boxwright.pipelines;

/** What the time of a run goes into. */
public enum Stage {
  /** Loading pipelines. */
  LOAD,
  /** Prompts to what the UNet attends to. */
  ENCODE,
  /** Guided passes, which move latents before a denoising step. */
  GUIDE,
  /** Denoising steps without their guidance. */
  DENOISE,
  /** Latents to pixels. */
  DECODE,
  /** PNG encoding and the file system. */
  WRITE
}
