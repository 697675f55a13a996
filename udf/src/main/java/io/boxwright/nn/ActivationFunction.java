package io.boxwright.nn;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Activations of networks, by the names that configurations have for them. */
public enum ActivationFunction {
  /** {@code x * sigmoid(x)}, also called swish. */
  SILU(TorchKernels::silu),
  /** {@code x * tanh(softplus(x))}. */
  MISH(TorchKernels::mish),
  /** The exact one. */
  GELU(TorchKernels::gelu),
  /** With {@code tanh}, {@code gelu_new} in transformers. */
  GELU_TANH(TorchKernels::geluTanh),
  /** {@code x * sigmoid(1.702 * x)}. */
  QUICK_GELU(TorchKernels::quickGelu),
  /** {@code max(x, 0)}. */
  RELU(TorchKernels::relu);

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

  /** The activation of a name in diffusers, in any case; null if there is none. */
  public static ActivationFunction ofDiffusers(String name) {
    return DIFFUSERS.get(name.toLowerCase(Locale.ROOT));
  }

  /** The activation of a name in transformers; null if there is none. */
  public static ActivationFunction ofTransformers(String name) {
    return TRANSFORMERS.get(name);
  }

  /** The names that {@link #ofDiffusers} knows. */
  public static List<String> diffusersNames() {
    return DIFFUSERS.keySet().stream().sorted().toList();
  }

  /** The names that {@link #ofTransformers} knows. */
  public static List<String> transformersNames() {
    return TRANSFORMERS.keySet().stream().sorted().toList();
  }
}
