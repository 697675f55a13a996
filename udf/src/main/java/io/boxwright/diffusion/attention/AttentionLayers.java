package io.boxwright.diffusion.attention;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which cross-attentions of a UNet are read, by path and in the order of a forward pass. They are
 * chosen by their place, not by the size of their maps, so that any image size works; at 512 px in
 * Stable Diffusion 1.x they are those of the paper (section 4.1): the mid block with 8x8 maps and
 * {@code up_blocks.1} with 16x16.
 *
 * @param guided what the guidance reads: the mid block and the first up block with cross-attention
 * @param heldOut what only the metric reads: the last down block and the second up block with
 *     cross-attention (16x16 and 32x32)
 */
public record AttentionLayers(List<String> guided, List<String> heldOut) {

  private static final String CROSS_ATTENTION = ".attn2";

  /** Copies the lists. */
  public AttentionLayers {
    guided = List.copyOf(guided);
    heldOut = List.copyOf(heldOut);
  }

  /**
   * Chooses among the attentions of a UNet.
   *
   * @param processors names as {@code UNet2DConditionModel.attnProcessors} gives them
   */
  public static AttentionLayers of(Collection<String> processors) {
    List<String> paths =
        processors.stream()
            .map(name -> name.substring(0, name.lastIndexOf('.')))
            .filter(path -> path.endsWith(CROSS_ATTENTION))
            .toList();
    List<String> downBlocks = blocks(paths, "down_blocks");
    List<String> upBlocks = blocks(paths, "up_blocks");
    return new AttentionLayers(
        join(inBlocks(paths, List.of("mid_block")), inBlocks(paths, at(upBlocks, 0))),
        join(
            inBlocks(paths, at(downBlocks, downBlocks.size() - 1)),
            inBlocks(paths, at(upBlocks, 1))));
  }

  /** Guided and held-out ones. */
  public List<String> all() {
    return join(guided, heldOut);
  }

  /** The blocks of one kind that have cross-attentions, such as {@code up_blocks.1}, in order. */
  private static List<String> blocks(List<String> paths, String kind) {
    return paths.stream()
        .filter(path -> path.startsWith(kind))
        .map(path -> path.substring(0, path.indexOf(".attentions")))
        .distinct()
        .toList();
  }

  /** The block at a place, if there is one. */
  private static List<String> at(List<String> blocks, int place) {
    return place >= 0 && place < blocks.size() ? List.of(blocks.get(place)) : List.of();
  }

  private static List<String> inBlocks(List<String> paths, List<String> blocks) {
    List<String> found = new ArrayList<>();
    for (String block : blocks) {
      paths.stream().filter(path -> path.startsWith(block + ".")).forEach(found::add);
    }
    return found;
  }

  private static List<String> join(List<String> some, List<String> others) {
    return Stream.concat(some.stream(), others.stream()).toList();
  }
}
