package io.boxwright.pipelines;

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
public record AttentionMap(int object, String layer, int height, int width, float[] values) {}
