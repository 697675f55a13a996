package io.boxwright.diffusion.models.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MapSizeTest {

  @Test
  void mapsOfSquareLatentsAreSquare() {
    assertThat(new MapSizes(64, 64, 1).of(256)).isEqualTo(new MapSize(16, 16));
    assertThat(new MapSizes(64, 64, 1).of(64)).isEqualTo(new MapSize(8, 8));
    assertThat(new MapSizes(64, 64, 1).of(4096)).isEqualTo(new MapSize(64, 64));
  }

  @Test
  void mapsOfWideLatentsAreWide() {
    assertThat(new MapSizes(64, 96, 1).of(24 * 16)).isEqualTo(new MapSize(16, 24));
  }

  @Test
  void oddSizesRoundUpAsConvolutionsDo() {
    assertThat(new MapSizes(17, 15, 1).of(9 * 8)).isEqualTo(new MapSize(9, 8));
    assertThat(new MapSizes(17, 15, 1).of(5 * 4)).isEqualTo(new MapSize(5, 4));
  }

  @Test
  void otherNumbersOfPositionsAreRefused() {
    assertThatThrownBy(() -> new MapSizes(64, 64, 1).of(100))
        .hasMessage("Latents of 64 x 64 have no map of 100 positions");
  }
}
