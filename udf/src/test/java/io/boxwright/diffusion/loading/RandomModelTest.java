package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomModelTest {

  @TempDir private Path cache;

  @ParameterizedTest
  @EnumSource
  void aNameGivesAFolderWithAllPartsAndATokenizer(RandomModel model) {
    Path folder = model.folder(new ModelCache(cache));

    assertThat(RandomModel.named(model.toString())).contains(model);
    assertThat(ModelIndex.open(folder).parts())
        .containsKeys("unet", "vae", "text_encoder", "scheduler", "tokenizer");
    assertThat(folder.resolve("tokenizer/vocab.json")).exists();
    assertThat(folder.resolve("tokenizer/merges.txt")).exists();
  }

  @Test
  void everyModelHasAFolderOfItsOwn() {
    ModelCache models = new ModelCache(cache);

    assertThat(RandomModel.SD15.folder(models)).isNotEqualTo(RandomModel.SD21.folder(models));
  }

  @Test
  void otherNamesAreNoRandomModels() {
    assertThat(RandomModel.named("shapes")).isEmpty();
    assertThat(RandomModel.named("/models/random:sd15")).isEmpty();
  }

  @Test
  void anUnknownArchitectureIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> RandomModel.named("random:sd3"))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage(
            "There is no model random:sd3; there are random:tiny, random:sd15, random:sd21");
  }
}
