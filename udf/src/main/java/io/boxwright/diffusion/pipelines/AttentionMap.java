package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.attention.AttentionAverages;
import io.boxwright.diffusion.attention.TokenMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The map of the attention to one object in one layer: the mean over its tokens, heads and
 * denoising steps.
 *
 * @param object the object's place in the request, from 0
 * @param layer the path of the attention, such as {@code
 *     mid_block.attentions.0.transformer_blocks.0.attn2}
 * @param height the number of rows of the map
 * @param width the number of columns of the map
 * @param values {@code height * width} probabilities, row by row
 */
public record AttentionMap(int object, String layer, int height, int width, float[] values) {

  /** Makes the maps of one object, one for each layer. */
  static List<AttentionMap> ofObject(
      int object, List<Integer> tokenIndices, AttentionAverages.RowMaps maps) {
    List<List<TokenMap>> byToken = tokenIndices.stream().map(maps::all).toList();
    return IntStream.range(0, byToken.get(0).size())
        .mapToObj(layer -> average(object, byToken.stream().map(of -> of.get(layer)).toList()))
        .toList();
  }

  private static AttentionMap average(int object, List<TokenMap> tokens) {
    TokenMap first = tokens.get(0);
    float[] values = new float[first.values().length];
    for (TokenMap token : tokens) {
      for (int cell = 0; cell < values.length; cell++) {
        values[cell] += token.values()[cell] / tokens.size();
      }
    }
    return new AttentionMap(
        object, first.layer(), first.size().height(), first.size().width(), values);
  }
}
