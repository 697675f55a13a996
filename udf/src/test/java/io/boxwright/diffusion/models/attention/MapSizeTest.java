package io.boxwright.diffusion.models.attention;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MapSizeTest {

  @Test
  void theNextLevelHasHalfOfEachSide() {
    assertThat(new MapSize(64, 96).halve(1)).isEqualTo(new MapSize(32, 48));
    assertThat(new MapSize(64, 96).halve(0)).isEqualTo(new MapSize(32, 48));
  }

  @Test
  void oddSizesAreRoundedAsConvolutionsDo() {
    assertThat(new MapSize(17, 15).halve(1)).isEqualTo(new MapSize(9, 8));
    assertThat(new MapSize(17, 15).halve(0)).isEqualTo(new MapSize(8, 7));
  }
}
