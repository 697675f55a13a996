package io.boxwright.diffusion.detection;

/** The way in which a detector that compares patches with labels treats those of an image. */
public enum LabelMode {
  /**
   * Each label is looked for by itself: a patch can be a detection of several labels. This is what
   * the zero-shot object detection pipeline of transformers does.
   */
  ALONE,
  /**
   * Labels compete: a patch can only be a detection of the label that it fits best. This is what
   * the processor's {@code post_process_grounded_object_detection} does.
   */
  TOGETHER
}
