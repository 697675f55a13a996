package io.boxwright.diffusion.loading;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * A source of random weights with which a network of any depth gives finite numbers, in float16,
 * too.
 *
 * @param manager the manager that owns the weights and whose device holds them
 * @param dataType the type of the weights
 */
record RandomWeights(NDManager manager, DataType dataType) {

  private static final float STANDARD_DEVIATION = 0.02f; // CLIP and GPT-2 start from the same

  /**
   * Draws a tensor.
   *
   * @param name the name of the parameter, {@code weight} or {@code bias}
   * @return an array that the manager alone owns, whatever scope is open
   */
  NDArray draw(String name, long... shape) {
    NDArray drawn = create(name, new Shape(shape));
    NDScope.unregister(drawn);
    return drawn;
  }

  private NDArray create(String name, Shape shape) {
    if (shape.dimension() > 1) {
      return manager.randomNormal(0, STANDARD_DEVIATION, shape, dataType);
    }
    return name.equals("weight") ? manager.ones(shape, dataType) : manager.zeros(shape, dataType);
  }
}
