package io.boxwright.diffusion.loading;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * A source of random weights. A network of any depth gives finite numbers with them, even in
 * float16.
 */
final class RandomWeights {

  private static final float STANDARD_DEVIATION = 0.02f; // CLIP and GPT-2 start from the same

  private final NDManager manager;
  private final DataType dataType;

  /**
   * Creates a source.
   *
   * @param manager the manager that owns the weights and whose device holds them
   * @param dataType the type of the weights
   */
  RandomWeights(NDManager manager, DataType dataType) {
    this.manager = manager;
    this.dataType = dataType;
  }

  /**
   * Draws a tensor. Weights of two or more dimensions are normally distributed; other weights are
   * 1, and biases are 0.
   *
   * @param name the name of the parameter, {@code weight} or {@code bias}
   * @param shape the shape of the tensor
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
