package io.boxwright.diffusion.attention;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttentionLayersTest {

  @Test
  void stableDiffusionIsReadWhereThePaperReadsIt() {
    List<String> names = new ArrayList<>();
    for (int block = 0; block < 3; block++) {
      names.addAll(attentions("down_blocks." + block, 2));
    }
    for (int block = 1; block < 4; block++) {
      names.addAll(attentions("up_blocks." + block, 3));
    }
    names.addAll(attentions("mid_block", 1));

    AttentionLayers layers = AttentionLayers.of(names);

    assertThat(layers.guided())
        .containsExactly(
            "mid_block.attentions.0.transformer_blocks.0.attn2",
            "up_blocks.1.attentions.0.transformer_blocks.0.attn2",
            "up_blocks.1.attentions.1.transformer_blocks.0.attn2",
            "up_blocks.1.attentions.2.transformer_blocks.0.attn2");
    assertThat(layers.heldOut())
        .containsExactly(
            "down_blocks.2.attentions.0.transformer_blocks.0.attn2",
            "down_blocks.2.attentions.1.transformer_blocks.0.attn2",
            "up_blocks.2.attentions.0.transformer_blocks.0.attn2",
            "up_blocks.2.attentions.1.transformer_blocks.0.attn2",
            "up_blocks.2.attentions.2.transformer_blocks.0.attn2");
  }

  @Test
  void smallerModelsAreReadInTheSamePlaces() {
    List<String> names = new ArrayList<>();
    names.addAll(attentions("down_blocks.0", 1));
    names.addAll(attentions("down_blocks.1", 1));
    names.addAll(attentions("up_blocks.1", 1));
    names.addAll(attentions("up_blocks.2", 1));
    names.addAll(attentions("mid_block", 1));

    AttentionLayers layers = AttentionLayers.of(names);

    assertThat(layers.guided())
        .containsExactly(
            "mid_block.attentions.0.transformer_blocks.0.attn2",
            "up_blocks.1.attentions.0.transformer_blocks.0.attn2");
    assertThat(layers.heldOut())
        .containsExactly(
            "down_blocks.1.attentions.0.transformer_blocks.0.attn2",
            "up_blocks.2.attentions.0.transformer_blocks.0.attn2");
  }

  private static List<String> attentions(String block, int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(block + ".attentions." + i + ".transformer_blocks.0.attn1.processor");
      names.add(block + ".attentions." + i + ".transformer_blocks.0.attn2.processor");
    }
    return names;
  }
}
