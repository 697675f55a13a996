package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.testing.Fixtures;
import io.boxwright.udf.executor.DeviceType;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of the tiny model with textual inversions. */
class TextualInversionRowsTest extends GeneratedRows {

  private static final String STYLE =
      Fixtures.path("textual_inversions/style.safetensors").toString();

  @TempDir private Path folder;

  private GuidedImageGenerator generator(String... inversions) {
    return new GuidedImageGenerator()
        .setModelUrl(Fixtures.sd1().toString())
        .setModelCache(folder.resolve("cache"))
        .setDeviceType(DeviceType.CPU)
        .setOptions(GenerationOptions.defaults().withSize(64, 64).withNumInferenceSteps(1))
        .setTextualInversions(List.of(inversions));
  }

  @Test
  void phrasesAreUnderstoodAfterTheExpansion() {
    Row byPhrase = generateWithObject("array('cat') phrases");
    Row byIndex =
        generateWithObject("array(array(6)) token_indices"); // <style> has the tokens 2 to 5

    assertThat(byPhrase.<String>getAs("error")).isNull();
    assertThat(png(byPhrase)).isEqualTo(png(byIndex));
  }

  private Row generateWithObject(String object) {
    return only(
        generator(STYLE)
            .generate(
                spark.sql(
                    "select 'a <style> cat' prompt, 1 seed, array(array(0d, 0d, 0.5d, 1d)) bboxes, "
                        + object)));
  }

  private static byte[] png(Row row) {
    return row.<Row>getAs("image").getAs("bytes");
  }

  @Test
  void settingsTellTokenAndContent() {
    assertThat(generator(STYLE + ":<mine>").settings().get("textual_inversion"))
        .matches(".*style.safetensors:<mine> sha256 [0-9a-f]{64}");
    assertThat(generator().settings()).doesNotContainKey("textual_inversion");
  }

  @Test
  void aFileThatIsMissingOrNamelessIsRefusedBeforeAnyTask() {
    assertThatThrownBy(() -> generator("no.safetensors").checkModel())
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage("Cannot read the textual inversion no.safetensors: there is no such file");
    assertThatThrownBy(
            () ->
                generator(Fixtures.path("textual_inversions/nameless.safetensors").toString())
                    .checkModel())
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageEndingWith("it does not name its token: give FILE:TOKEN");
  }
}
