package io.boxwright.diffusion.nn;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.ConfigValues;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Activations of networks, by their names in configurations. */
public enum ActivationFunction {
  /** {@code x * sigmoid(x)}, also called swish. */
  SILU(Functional::silu),
  /** {@code x * tanh(softplus(x))}. */
  MISH(Functional::mish),
  /** The exact GELU. */
  GELU(Functional::gelu),
  /** The GELU approximated with {@code tanh}, {@code gelu_new} in transformers. */
  GELU_TANH(Functional::geluTanh),
  /** {@code x * sigmoid(1.702 * x)}. */
  QUICK_GELU(Functional::quickGelu),
  /** {@code max(x, 0)}. */
  RELU(Functional::relu);

  /** The names in diffusers' {@code get_activation}. */
  private static final Map<String, ActivationFunction> DIFFUSERS =
      Map.of("swish", SILU, "silu", SILU, "mish", MISH, "gelu", GELU, "relu", RELU);

  /** The names in transformers' {@code ACT2FN} for the activations of text encoders. */
  private static final Map<String, ActivationFunction> TRANSFORMERS =
      Map.of(
          "quick_gelu", QUICK_GELU,
          "gelu", GELU,
          "gelu_new", GELU_TANH,
          "gelu_pytorch_tanh", GELU_TANH,
          "relu", RELU,
          "silu", SILU,
          "swish", SILU,
          "mish", MISH);

  private final UnaryOperator<NDArray> function;

  ActivationFunction(UnaryOperator<NDArray> function) {
    this.function = function;
  }

  /** Applies the activation to an array of any shape. */
  public NDArray apply(NDArray x) {
    return function.apply(x);
  }

  /**
   * Returns the activation that diffusers has under a name.
   *
   * @param name in any case
   * @throws IllegalArgumentException if there is none, listing the known names
   */
  public static ActivationFunction ofDiffusers(String name) {
    return require("act_fn", name, DIFFUSERS.get(name.toLowerCase(Locale.ROOT)), DIFFUSERS);
  }

  /**
   * Returns the activation that transformers has under a name.
   *
   * @throws IllegalArgumentException if there is none, listing the known names
   */
  public static ActivationFunction ofTransformers(String name) {
    return require("hidden_act", name, TRANSFORMERS.get(name), TRANSFORMERS);
  }

  private static ActivationFunction require(
      String key, String name, ActivationFunction found, Map<String, ActivationFunction> known) {
    String names = known.keySet().stream().sorted().collect(Collectors.joining(", "));
    ConfigValues.require(found != null, key, name, "one of " + names);
    return found;
  }
}
