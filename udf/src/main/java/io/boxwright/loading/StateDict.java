package io.boxwright.loading;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.file.Path;

/**
 * The weights of one component of a diffusers folder, by name, read from memory-mapped safetensors
 * files. Named after PyTorch's {@code state_dict}.
 *
 * <p>A model takes its tensors one by one, each by a path that ends in the parameter's name, and
 * says with {@link #finish} when it has them all. Nothing is refused before that: {@code finish}
 * names every missing, mis-shaped and left-over tensor in one message.
 */
public final class StateDict {

  /**
   * Opens a component's weights: {@code NAME.safetensors}, or the shards that {@code
   * NAME.safetensors.index.json} lists, or with a variant {@code NAME.VARIANT.safetensors}.
   *
   * @param component for messages, such as {@code unet}
   * @param folder the component's folder
   * @param name {@code diffusion_pytorch_model} or {@code model}
   * @param variant such as {@code fp16}, or null for the plain files
   * @param manager owns the tensors; its device is where they go
   * @param dataType the type that floating-point tensors are converted to
   */
  public static StateDict open(
      String component,
      Path folder,
      String name,
      String variant,
      NDManager manager,
      DataType dataType) {
    throw new UnsupportedOperationException();
  }

  /** The tensors below a module: {@code weights.at("mid_block").at("attentions.0")}. */
  public StateDict at(String module) {
    throw new UnsupportedOperationException();
  }

  /** Whether there is a tensor of this name. */
  public boolean contains(String name) {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes a tensor, on the manager's device and in the wanted type. A tensor that is missing or has
   * another shape is noted for {@link #finish}, and zeros come back in its place.
   */
  public NDArray tensor(String name, long... shape) {
    throw new UnsupportedOperationException();
  }

  /** Fails if any tensor was missing or mis-shaped, or if one was left over. */
  public void finish() {
    throw new UnsupportedOperationException();
  }
}
