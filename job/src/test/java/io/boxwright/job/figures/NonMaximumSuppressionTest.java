package io.boxwright.job.figures;

import static io.boxwright.job.figures.ImageBuilder.box;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NonMaximumSuppressionTest {

  private static final DetectedObject GOOD = new DetectedObject("cat", 0.9, box(0, 0, 10, 10));

  /** Overlaps GOOD by 5/15. */
  private static final DetectedObject WEAK = new DetectedObject("cat", 0.5, box(5, 0, 15, 10));

  @Test
  void theWeakerOfTwoOverlappingDetectionsGoes() {
    assertThat(new NonMaximumSuppression(0.33).filter(List.of(WEAK, GOOD))).containsExactly(GOOD);
    assertThat(new NonMaximumSuppression(0.34).filter(List.of(WEAK, GOOD)))
        .containsExactly(GOOD, WEAK);
  }

  @Test
  void detectionsOfOtherLabelsStay() {
    DetectedObject dog = new DetectedObject("dog", 0.3, GOOD.box());

    assertThat(new NonMaximumSuppression(0.1).filter(List.of(dog, GOOD)))
        .containsExactly(GOOD, dog);
  }

  @Test
  void aDetectionThatWentHidesNoOther() {
    DetectedObject far = new DetectedObject("cat", 0.4, box(10, 0, 20, 10));

    assertThat(new NonMaximumSuppression(0.3).filter(List.of(GOOD, WEAK, far)))
        .containsExactly(GOOD, far);
  }
}
