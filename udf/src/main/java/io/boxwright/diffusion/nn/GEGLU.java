package io.boxwright.diffusion.nn;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.GradientTape;
import io.boxwright.torch.cuda.FusedKernels;

/** diffusers' {@code GEGLU}: a projection to states and a gate, {@code states * GELU(gate)}. */
public final class GEGLU {

  private final long channels;
  private final Linear proj;

  private GEGLU(long channels, Linear proj) {
    this.channels = channels;
    this.proj = proj;
  }

  /** Loads the projection of {@code in} to twice {@code out} channels. */
  public static GEGLU load(StateDict weights, long in, long out) {
    return new GEGLU(out, Linear.load(weights.at("proj"), in, 2 * out));
  }

  /** Maps (..., in) to (..., out). */
  public NDArray forward(NDArray x) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray projected = proj.forward(x); // (..., 2 * out)
      return scope.keep(
          FusedKernels.of(projected, channels)
              .map(kernels -> GradientTape.apply(projected, kernels.geglu()))
              .orElseGet(() -> Functional.geglu(projected)));
    }
  }
}
