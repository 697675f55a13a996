package io.boxwright.diffusion.loading;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.torch.ArrayScope;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The layers of LoRAs by the weights of a component. They are added to each weight when it is read,
 * so images cost no more than without. The sums are computed in float32. Follows {@code fuse_lora}
 * of diffusers.
 */
final class LoraFusion {

  private static final String WEIGHT = ".weight";

  private final Map<SafeTensor, List<LoraLayer>> layers; // by the identity of the weight

  private LoraFusion(Map<SafeTensor, List<LoraLayer>> layers) {
    this.layers = layers;
  }

  /** Returns a fusion that changes no weight. */
  static LoraFusion none() {
    return new LoraFusion(Map.of());
  }

  /**
   * Finds the weights that LoRAs change.
   *
   * @param component the name of the component, such as {@code unet}; others than this and {@code
   *     text_encoder} have no changes
   * @param tensors the weights by name
   * @throws ModelLoadingException naming the file and the keys that no weight belongs to, or that
   *     have another shape than theirs
   */
  static LoraFusion of(String component, Map<String, SafeTensor> tensors, List<Lora> loras) {
    Map<String, SafeTensor> weights = findWeights(component, tensors);
    Map<SafeTensor, List<LoraLayer>> layers = new IdentityHashMap<>();
    for (Lora lora : loras) {
      LoraFile file = LoraFile.read(lora);
      Map<String, LoraLayer> own = file.layers(component);
      requireModules(component, file, own, weights);
      own.forEach(
          (module, layer) ->
              layers.computeIfAbsent(weights.get(module), weight -> new ArrayList<>()).add(layer));
    }
    return new LoraFusion(layers);
  }

  /** Finds the weights by the flat paths of their modules. */
  private static Map<String, SafeTensor> findWeights(
      String component, Map<String, SafeTensor> tensors) {
    Map<String, SafeTensor> weights = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.endsWith(WEIGHT)) {
            String module = name.substring(0, name.length() - WEIGHT.length());
            weights.put(LoraKey.flatten(component, module), tensor);
          }
        });
    return weights;
  }

  private static void requireModules(
      String component,
      LoraFile file,
      Map<String, LoraLayer> layers,
      Map<String, SafeTensor> weights) {
    List<String> unknown =
        layers.keySet().stream().filter(module -> !weights.containsKey(module)).toList();
    if (!unknown.isEmpty()) {
      throw file.failure(
          "%d of its %d modules of %s are not in this model, such as %s; is it made for another"
                  .formatted(unknown.size(), layers.size(), component, LoraFile.list(unknown))
              + " family of models?");
    }
    List<String> misshaped =
        layers.keySet().stream()
            .filter(module -> !layers.get(module).fits(weights.get(module).shape()))
            .toList();
    if (!misshaped.isEmpty()) {
      throw file.failure(
          "%d of its %d modules of %s have other shapes than this model, such as %s"
              .formatted(misshaped.size(), layers.size(), component, LoraFile.list(misshaped)));
    }
  }

  /**
   * Adds the changes of a weight.
   *
   * @param weight the weight as it is in the file, which is closed if there are changes
   * @return the changed weight in the same type, which the same manager owns; or the weight itself
   */
  NDArray apply(SafeTensor tensor, NDArray weight) {
    List<LoraLayer> changes = layers.getOrDefault(tensor, List.of());
    if (changes.isEmpty()) {
      return weight;
    }
    NDManager manager = weight.getManager();
    try (ArrayScope scope = new ArrayScope();
        NDManager own = manager.newSubManager();
        TensorReader reader = new TensorReader(own, DataType.FLOAT32)) {
      NDArray sum = weight.toType(DataType.FLOAT32, false);
      for (LoraLayer layer : changes) {
        sum = sum.add(makeDelta(layer, weight.getShape(), reader));
      }
      NDArray changed = sum.toType(weight.getDataType(), true);
      changed.attach(manager);
      ArrayScope.release(changed);
      weight.close();
      return changed;
    }
  }

  private static NDArray makeDelta(LoraLayer layer, Shape shape, TensorReader reader) {
    NDArray up = reader.read(layer.up()).reshape(shape.get(0), layer.rank()); // (O, R)
    NDArray down = reader.read(layer.down()).reshape(layer.rank(), -1); // (R, I * K * K)
    double alpha = layer.alpha().map(reader::readNumber).orElse(layer.plainAlpha());
    return up.matMul(down).reshape(shape).mul(layer.weight() * alpha / layer.rank());
  }
}
