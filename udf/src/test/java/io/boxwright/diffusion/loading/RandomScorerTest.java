package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomScorerTest {

  @TempDir private Path cache;

  @ParameterizedTest
  @EnumSource
  void aNameGivesAFolderWithConfigurationsAndATokenizer(RandomScorer scorer) {
    Path folder = scorer.folder(new ModelCache(cache));

    assertThat(RandomScorer.named(scorer.toString())).contains(scorer);
    assertThat(folder.resolve("config.json")).exists();
    assertThat(folder.resolve("preprocessor_config.json")).exists();
    assertThat(folder.resolve("vocab.json")).exists();
  }

  @Test
  void otherNamesAreNoRandomScorers() {
    assertThat(RandomScorer.named("/models/owlvit-base-patch32")).isEmpty();
    assertThatThrownBy(() -> RandomScorer.named("random:sd15"))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage(
            "There is no detector random:sd15; there are random:owlvit-base-patch32,"
                + " random:owlv2-base-patch16-ensemble, random:clip-vit-large-patch14");
  }
}
