package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.attention.AttentionAverages;
import io.boxwright.diffusion.attention.TokenMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where one object's tokens were attended to in one layer: mean over its tokens, over heads and
 * over denoising steps.
 *
 * @param object the object's place in the request, from 0
 * @param layer path of the attention, such as {@code
 *     mid_block.attentions.0.transformer_blocks.0.attn2}
 * @param height rows of the map
 * @param width columns of the map
 * @param values {@code height * width} probabilities, row by row
 */
public record AttentionMap(int object, String layer, int height, int width, float[] values) {

  /** The maps of one object, one a layer. */
  static List<AttentionMap> ofObject(
      int object, List<Integer> tokenIndices, AttentionAverages.RowMaps maps) {
    List<List<TokenMap>> byToken = tokenIndices.stream().map(maps::all).toList();
    return IntStream.range(0, byToken.get(0).size())
        .mapToObj(layer -> mean(object, byToken.stream().map(of -> of.get(layer)).toList()))
        .toList();
  }

  private static AttentionMap mean(int object, List<TokenMap> tokens) {
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
