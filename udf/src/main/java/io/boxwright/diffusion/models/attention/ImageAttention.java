package io.boxwright.diffusion.models.attention;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.torch.ArrayScope;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The part of an {@link Attention} that attends to the pictures of an IP-Adapter: diffusers' {@code
 * IPAdapterAttnProcessor2_0} without the text. It has projections of its own for keys and values,
 * and shares the queries.
 */
final class ImageAttention {

  private final Linear toKIp;
  private final Linear toVIp;
  private final Supplier<Optional<ImagePrompts>> prompts;

  /**
   * Loads the projections.
   *
   * @param weights the tensors {@code to_k_ip} and {@code to_v_ip}
   * @param queryDim channels of the queries, and of all heads together
   * @param encoderDim channels of the pictures' states
   * @param prompts gives the pictures of the forward pass, if it has any
   */
  ImageAttention(
      StateDict weights, long queryDim, long encoderDim, Supplier<Optional<ImagePrompts>> prompts) {
    this.toKIp = Linear.loadWithoutBias(weights.at("to_k_ip"), encoderDim, queryDim);
    this.toVIp = Linear.loadWithoutBias(weights.at("to_v_ip"), encoderDim, queryDim);
    this.prompts = prompts;
  }

  /**
   * Adds what the queries find in the pictures, times the scale of each row.
   *
   * @param query (B, heads, N, C)
   * @param attended what they find in the prompts, (B, heads, N, C)
   * @return the sum, (B, heads, N, C); the same array without pictures
   */
  NDArray add(NDArray query, NDArray attended, int heads) {
    return prompts.get().map(pictures -> add(query, attended, heads, pictures)).orElse(attended);
  }

  private NDArray add(NDArray query, NDArray attended, int heads, ImagePrompts pictures) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray key = toKIp.forwardToHeads(pictures.states(), heads);
      NDArray value = toVIp.forwardToHeads(pictures.states(), heads);
      NDArray scaled = value.mul(pictures.scales()); // (B, heads, T, C)
      NDArray found = Functional.scaledDotProductAttention(query, key, scaled);
      return scope.keep(attended.add(found)); // (B, heads, N, C)
    }
  }
}
