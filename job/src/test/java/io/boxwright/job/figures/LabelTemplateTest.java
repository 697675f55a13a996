package io.boxwright.job.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LabelTemplateTest {

  @Test
  void aBareLabelStaysAsItIs() {
    assertThat(LabelTemplate.BARE.fill("red cat")).isEqualTo("red cat");
  }

  @Test
  void labelsGetAnArticleUnlessTheyHaveOne() {
    LabelTemplate template = new LabelTemplate("a photo of {a}");

    assertThat(template.fill("cat")).isEqualTo("a photo of a cat");
    assertThat(template.fill("orange")).isEqualTo("a photo of an orange");
    assertThat(template.fill("a red cat")).isEqualTo("a photo of a red cat");
    assertThat(template.fill("The cat")).isEqualTo("a photo of The cat");
  }

  @Test
  void aTemplateWithoutAPlaceForTheLabelIsRefused() {
    assertThatThrownBy(() -> new LabelTemplate("a photo"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a photo'");
  }
}
