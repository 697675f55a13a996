package io.boxwright.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MapSizeTest {

  @Test
  void mapsOfSquareLatentsAreSquare() {
    assertThat(MapSize.of(64, 64, 256)).isEqualTo(new MapSize(16, 16));
    assertThat(MapSize.of(64, 64, 64)).isEqualTo(new MapSize(8, 8));
    assertThat(MapSize.of(64, 64, 4096)).isEqualTo(new MapSize(64, 64));
  }

  @Test
  void mapsOfWideLatentsAreWide() {
    assertThat(MapSize.of(64, 96, 24 * 16)).isEqualTo(new MapSize(16, 24));
  }

  @Test
  void oddSizesRoundUpAsConvolutionsDo() {
    assertThat(MapSize.of(17, 15, 9 * 8)).isEqualTo(new MapSize(9, 8));
    assertThat(MapSize.of(17, 15, 5 * 4)).isEqualTo(new MapSize(5, 4));
  }

  @Test
  void otherNumbersOfPositionsAreRefused() {
    assertThatThrownBy(() -> MapSize.of(64, 64, 100))
        .hasMessage("Latents of 64 x 64 have no map of 100 positions");
  }
}
