package io.boxwright.diffusion.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.boxwright.diffusion.attention.TokenMap;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.models.attention.MapSize;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Scores worked out by hand on maps of 4 x 4 cells; the left half is the first object's box. */
class AdherenceScorerTest {

  private static final LayoutObject LEFT =
      new LayoutObject("cat", List.of(2), List.of(new BoundingBox(0, 0, 0.5, 1)));
  private static final LayoutObject BOTTOM_RIGHT =
      new LayoutObject("ball", List.of(6), List.of(new BoundingBox(0.5, 0.5, 1, 1)));

  @Test
  void uniformAttentionIsNoBetterThanChance() {
    AdherenceScores scores = score(uniform());

    assertThat(scores.inBoxMass()).isCloseTo(0.5, within(1e-9));
    assertThat(scores.lift()).isCloseTo(1, within(1e-9));
    assertThat(scores.leakage()).isCloseTo(0.25, within(1e-9));
  }

  @Test
  void attentionInsideTheBoxIsPerfect() {
    float[] map = new float[16];
    for (int row = 0; row < 4; row++) {
      map[4 * row] = 1;
      map[4 * row + 1] = 2;
    }

    AdherenceScores scores = score(map);

    assertThat(scores).isEqualTo(new AdherenceScores(1, 2, 1, 1, 0));
  }

  @Test
  void strongestCellOutsideTheBoxMissesThePoint() {
    float[] map = uniform();
    map[15] = 5;

    AdherenceScores scores = score(map);

    assertThat(scores.pointing()).isEqualTo(0);
    assertThat(scores.inBoxMass()).isCloseTo(8 / 20.0, within(1e-9));
    assertThat(scores.leakage()).isCloseTo(8 / 20.0, within(1e-9));
  }

  @Test
  void iouTakesAsManyStrongestCellsAsTheBoxHas() {
    float[] map = new float[16];
    Arrays.fill(map, 0, 4, 2); // the top row: two of four cells are in the box
    map[4] = 1; // and four more cells in it
    map[5] = 1;
    map[8] = 1;
    map[9] = 1;

    assertThat(score(map).iou()).isCloseTo(6.0 / 10, within(1e-9));
  }

  @Test
  void scoresAreMeansOverTokensLayersAndObjects() {
    IntFunction<List<TokenMap>> guided =
        token -> token == 2 ? List.of(map(uniform()), map(leftOnly())) : List.of(map(uniform()));
    LayoutAdherence adherence =
        new AdherenceScorer(List.of(LEFT, BOTTOM_RIGHT)).score(guided, guided);

    assertThat(adherence.objects().get(0).guided().inBoxMass()).isCloseTo(0.75, within(1e-9));
    assertThat(adherence.objects().get(1).guided().inBoxMass()).isCloseTo(0.25, within(1e-9));
    assertThat(adherence.guided().inBoxMass()).isCloseTo(0.5, within(1e-9));
  }

  @Test
  void singleObjectLeaksNowhere() {
    LayoutAdherence adherence =
        new AdherenceScorer(List.of(LEFT))
            .score(token -> List.of(map(uniform())), token -> List.of(map(uniform())));

    assertThat(adherence.guided().leakage()).isEqualTo(0);
  }

  private static AdherenceScores score(float[] values) {
    return new AdherenceScorer(List.of(LEFT, BOTTOM_RIGHT))
        .score(token -> List.of(map(values)), token -> List.of(map(values)))
        .objects()
        .get(0)
        .guided();
  }

  private static TokenMap map(float[] values) {
    return new TokenMap(
        "mid_block.attentions.0.transformer_blocks.0.attn2", new MapSize(4, 4), values);
  }

  private static float[] uniform() {
    float[] values = new float[16];
    Arrays.fill(values, 1);
    return values;
  }

  private static float[] leftOnly() {
    float[] values = new float[16];
    for (int row = 0; row < 4; row++) {
      values[4 * row] = 1;
    }
    return values;
  }
}
