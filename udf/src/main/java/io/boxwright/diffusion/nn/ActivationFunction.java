package io.boxwright.diffusion.nn;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.ConfigValues;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Activations of networks, by the names that configurations have for them. */
public enum ActivationFunction {
  /** {@code x * sigmoid(x)}, also called swish. */
  SILU(Functional::silu),
  /** {@code x * tanh(softplus(x))}. */
  MISH(Functional::mish),
  /** The exact one. */
  GELU(Functional::gelu),
  /** With {@code tanh}, {@code gelu_new} in transformers. */
  GELU_TANH(Functional::geluTanh),
  /** {@code x * sigmoid(1.702 * x)}. */
  QUICK_GELU(Functional::quickGelu),
  /** {@code max(x, 0)}. */
  RELU(Functional::relu);

  /** What diffusers' {@code get_activation} knows. */
  private static final Map<String, ActivationFunction> DIFFUSERS =
      Map.of("swish", SILU, "silu", SILU, "mish", MISH, "gelu", GELU, "relu", RELU);

  /** What transformers' {@code ACT2FN} calls those that text encoders have. */
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

  /** Any shape -> the same shape. */
  public NDArray apply(NDArray x) {
    return function.apply(x);
  }

  /**
   * The activation that diffusers has under a name.
   *
   * @param name in any case
   * @throws IllegalArgumentException if there is none, with the names that there are
   */
  public static ActivationFunction ofDiffusers(String name) {
    return require("act_fn", name, DIFFUSERS.get(name.toLowerCase(Locale.ROOT)), DIFFUSERS);
  }

  /**
   * The activation that transformers has under a name.
   *
   * @throws IllegalArgumentException if there is none, with the names that there are
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
