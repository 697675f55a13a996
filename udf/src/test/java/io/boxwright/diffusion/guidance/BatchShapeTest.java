package io.boxwright.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchShapeTest {

  private static final int[] UNFINISHED = {1, 4, 5, 12, 14};

  @Test
  void allRowsStayInPassesOfAFixedBatch() {
    assertThat(BatchShape.FIXED.selectPassRows(UNFINISHED, 16, Device.cpu()))
        .isEqualTo(IntStream.range(0, 16).toArray());
  }

  @Test
  void finishedRowsLeaveThePassesOfAShrinkingBatch() {
    assertThat(BatchShape.SHRINKING.selectPassRows(UNFINISHED, 16, Device.cpu()))
        .isEqualTo(UNFINISHED);
  }

  @Test
  void finishedRowsFillThePassesOfAGpuToAMultipleOfEight() {
    assertThat(BatchShape.SHRINKING.selectPassRows(UNFINISHED, 16, Device.gpu()))
        .containsExactly(0, 1, 2, 3, 4, 5, 12, 14);
  }

  @Test
  void passesOfAGpuHaveNoMoreRowsThanTheBatch() {
    assertThat(BatchShape.SHRINKING.selectPassRows(new int[] {0, 1, 2, 4, 5}, 6, Device.gpu()))
        .containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void smallBatchesShrinkToPowersOfTwoOnAGpu() {
    assertThat(BatchShape.SHRINKING.selectPassRows(new int[] {6}, 8, Device.gpu()))
        .containsExactly(6);
    assertThat(BatchShape.SHRINKING.selectPassRows(new int[] {2, 5, 6}, 8, Device.gpu()))
        .containsExactly(0, 2, 5, 6);
  }

  @Test
  void multiplesOfEightNeedNoCompanyOnAGpu() {
    int[] eight = {2, 3, 5, 7, 8, 9, 10, 11};
    assertThat(BatchShape.SHRINKING.selectPassRows(eight, 16, Device.gpu())).isEqualTo(eight);
  }
}
