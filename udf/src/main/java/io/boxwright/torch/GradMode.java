package io.boxwright.torch;

import ai.djl.pytorch.jni.JniUtils;

/**
 * Whether libtorch records operations for autograd in this thread. libtorch switches it per thread
 * and turns it on in new ones, so every entry point of the library sets it:
 *
 * <pre>{@code
 * try (GradMode ignored = GradMode.disabled()) { ... }
 * }</pre>
 *
 * Closing restores what was before.
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

  /** Whether operations of this thread are recorded. */
  public static boolean isEnabled() {
    return JniUtils.isGradMode();
  }

  @Override
  public void close() {
    JniUtils.setGradMode(before);
  }
}
