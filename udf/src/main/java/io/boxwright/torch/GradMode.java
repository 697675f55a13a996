package io.boxwright.torch;

import ai.djl.pytorch.jni.JniUtils;

/**
 * The recording of operations for autograd in this thread. libtorch switches it per thread and
 * turns it on in new threads, so every entry point of the library sets it:
 *
 * <pre>{@code
 * try (GradMode ignored = GradMode.disabled()) { ... }
 * }</pre>
 *
 * Closing restores the previous mode.
 */
public final class GradMode implements AutoCloseable {

  static {
    LibTorch.load();
  }

  private final boolean before;

  private GradMode(boolean enabled) {
    before = JniUtils.isGradMode();
    JniUtils.setGradMode(enabled);
  }

  /** Records operations until closed. */
  public static GradMode enabled() {
    return new GradMode(true);
  }

  /** Records nothing until closed. */
  public static GradMode disabled() {
    return new GradMode(false);
  }

  /** Returns whether operations of this thread are recorded. */
  public static boolean isEnabled() {
    return JniUtils.isGradMode();
  }

  @Override
  public void close() {
    JniUtils.setGradMode(before);
  }
}
