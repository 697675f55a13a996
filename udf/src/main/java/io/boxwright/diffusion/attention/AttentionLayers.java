package io.boxwright.diffusion.attention;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * The cross-attentions of a UNet that are read, by path and in the order of a forward pass. They
 * are chosen by their place, not by the size of their maps, so any image size works. At 512 px in
 * Stable Diffusion 1.x the guided ones are those of the paper (section 4.1): the mid block with 8x8
 * maps and {@code up_blocks.1} with 16x16 maps.
 *
 * @param guided the paths that the guidance reads: those in the mid block and in the first up block
 *     with cross-attention
 * @param heldOut the paths that only the scores read: those in the last down block and in the
 *     second up block with cross-attention (16x16 and 32x32 maps)
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
   * @param processors the names of its processors, as {@code UNet2DConditionModel.attnProcessors}
   *     gives them
   */
  public static AttentionLayers of(Collection<String> processors) {
    List<String> paths =
        processors.stream()
            .map(name -> name.substring(0, name.lastIndexOf('.')))
            .filter(path -> path.endsWith(CROSS_ATTENTION))
            .toList();
    List<String> downBlocks = findBlocks(paths, "down_blocks");
    List<String> upBlocks = findBlocks(paths, "up_blocks");
    return new AttentionLayers(
        join(
            selectInBlocks(paths, List.of("mid_block")),
            selectInBlocks(paths, blockAt(upBlocks, 0))),
        join(
            selectInBlocks(paths, blockAt(downBlocks, downBlocks.size() - 1)),
            selectInBlocks(paths, blockAt(upBlocks, 1))));
  }

  /** Returns the guided paths, then the held-out ones. */
  public List<String> all() {
    return join(guided, heldOut);
  }

  /**
   * Finds the blocks of one kind that have cross-attentions, such as {@code up_blocks.1}, in order.
   */
  private static List<String> findBlocks(List<String> paths, String kind) {
    return paths.stream()
        .filter(path -> path.startsWith(kind))
        .map(path -> path.substring(0, path.indexOf(".attentions")))
        .distinct()
        .toList();
  }

  /** Returns the block at a place, if there is one. */
  private static List<String> blockAt(List<String> blocks, int place) {
    return place >= 0 && place < blocks.size() ? List.of(blocks.get(place)) : List.of();
  }

  private static List<String> selectInBlocks(List<String> paths, List<String> blocks) {
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
