package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.ActivationFunction;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.torch.ArrayScope;

/** Transformers' {@code CLIPMLP}: two linear layers around the activation. */
final class CLIPMLP {

  private final ActivationFunction activation;
  private final Linear fc1;
  private final Linear fc2;

  private CLIPMLP(ActivationFunction activation, Linear fc1, Linear fc2) {
    this.activation = activation;
    this.fc1 = fc1;
    this.fc2 = fc2;
  }

  static CLIPMLP load(StateDict weights, CLIPEncoderConfig config) {
    return new CLIPMLP(
        ActivationFunction.ofTransformers(config.hiddenAct()),
        Linear.load(weights.at("fc1"), config.hiddenSize(), config.intermediateSize()),
        Linear.load(weights.at("fc2"), config.intermediateSize(), config.hiddenSize()));
  }

  /** (B, N, C) -> (B, N, C). */
  NDArray forward(NDArray x) {
    try (ArrayScope scope = new ArrayScope()) {
      return scope.keep(fc2.forward(activation.apply(fc1.forward(x))));
    }
  }
}
