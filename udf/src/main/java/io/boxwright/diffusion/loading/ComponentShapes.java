package io.boxwright.diffusion.loading;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The sizes of a checkpoint's component, told by the shapes of its tensors. */
final class ComponentShapes {

  private final SingleFile file;
  private final String component;
  private final Map<String, SafeTensor> tensors;

  /**
   * Reads the names and shapes of a component.
   *
   * @param component the name for messages, such as {@code unet}
   * @param tensors its tensors, under the names of diffusers
   */
  ComponentShapes(SingleFile file, String component, Map<String, SafeTensor> tensors) {
    this.file = file;
    this.component = component;
    this.tensors = tensors;
  }

  /**
   * Returns the shape of a tensor.
   *
   * @param axes the number of axes that it must have at least
   * @throws ModelLoadingException naming the tensor, if there is none or it has fewer axes
   */
  long[] shape(String name, int axes) {
    SafeTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw unknown("there is no " + name);
    }
    if (tensor.shape().length < axes) {
      throw unknown("%s has %d axes".formatted(name, tensor.shape().length));
    }
    return tensor.shape();
  }

  /** Returns the number of output channels of a layer, the first axis of its weight. */
  long outputs(String layer) {
    return shape(layer + ".weight", 1)[0];
  }

  /** Returns the number of input channels of a layer, the second axis of its weight. */
  long inputs(String layer) {
    return shape(layer + ".weight", 2)[1];
  }

  /**
   * Counts modules that are numbered from 0.
   *
   * @param modules the path of the modules without the number, such as {@code down_blocks}
   */
  int count(String modules) {
    return (int)
        IntStream.iterate(0, i -> i + 1).takeWhile(i -> has("%s.%d".formatted(modules, i))).count();
  }

  /** Returns whether there is a module of that path. */
  boolean has(String module) {
    return tensors.keySet().stream().anyMatch(name -> name.startsWith(module + "."));
  }

  /** Lists the paths of modules that are numbered from 0. */
  Stream<String> list(String modules) {
    return IntStream.range(0, count(modules)).mapToObj(i -> "%s.%d".formatted(modules, i));
  }

  /**
   * Lists the output channels of blocks, which are those of their first ResNets.
   *
   * @param blocks the path of the blocks without their numbers
   * @param factor a number that divides all of them
   * @throws ModelLoadingException naming the block whose channels are no multiple of the factor
   */
  List<Long> blockChannels(String blocks, int factor) {
    return list(blocks)
        .map(block -> requireMultiple(outputs(block + ".resnets.0.conv1"), factor, block))
        .toList();
  }

  /**
   * Checks the width of a module.
   *
   * @throws ModelLoadingException naming the module, if the width is no multiple of the factor
   */
  long requireMultiple(long width, int factor, String module) {
    if (width % factor != 0) {
      throw unknown(
          "%s has %d channels, which is no multiple of %d".formatted(module, width, factor));
    }
    return width;
  }

  private ModelLoadingException unknown(String problem) {
    return file.failure(
        "its %s is not that of a known Stable Diffusion 1.x or 2.x: %s; put the configurations that"
                .formatted(component, problem)
            + " belong to it, with their model_index.json, into the folder beside it that has its"
            + " name");
  }
}
