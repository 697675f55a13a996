package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.testing.Fixtures;
import io.boxwright.udf.executor.DeviceType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of the tiny model with LoRAs. */
class LoraRowsTest extends GeneratedRows {

  @TempDir private Path folder;

  private GuidedImageGenerator generator(String... loras) {
    return new GuidedImageGenerator()
        .setModelUrl(Fixtures.sd1().toString())
        .setModelCache(folder.resolve("cache"))
        .setDeviceType(DeviceType.CPU)
        .setOptions(GenerationOptions.defaults().withSize(64, 64).withNumInferenceSteps(2))
        .setLoras(List.of(loras));
  }

  private byte[] generateWith(String... loras) {
    Row row = only(generator(loras).generate(spark.sql("select 'a cat' prompt, 1 seed")));
    assertThat(row.<String>getAs("error")).isNull();
    return row.<Row>getAs("image").getAs("bytes");
  }

  @Test
  void aLoraChangesTheImagesByItsWeight() {
    String lora = Fixtures.path("loras/kohya.safetensors").toString();
    byte[] plain = generateWith();

    assertThat(generateWith(lora + ":0")).isEqualTo(plain);
    assertThat(generateWith(lora)).isNotEqualTo(plain).isEqualTo(generateWith(lora + ":1"));
    assertThat(generateWith("file://" + lora + ":0.5"))
        .isNotEqualTo(plain)
        .isNotEqualTo(generateWith(lora))
        .isEqualTo(generateWith(lora + ":.5"));
  }

  @Test
  void settingsTellTheContentOfTheFile() throws Exception {
    Path lora = folder.resolve("style.safetensors");
    Files.copy(Fixtures.path("loras/kohya.safetensors"), lora);
    String before = generator(lora + ":0.5").settings().get("lora");
    Files.copy(Fixtures.path("loras/peft.safetensors"), lora, StandardCopyOption.REPLACE_EXISTING);
    String after = generator(lora + ":0.5").settings().get("lora");

    assertThat(before).matches(".*style.safetensors:0.5 sha256 [0-9a-f]{64}");
    assertThat(after).isNotEqualTo(before);
    assertThat(generator().settings()).doesNotContainKey("lora");
  }

  @Test
  void aFileThatIsMissingOrDoesNotFitIsRefusedBeforeAnyTask() {
    String other = Fixtures.path("golden/loras.safetensors").toString();

    assertThatThrownBy(() -> generator("no.safetensors").checkModel())
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage("Cannot read the LoRA no.safetensors: there is no such file");
    assertThatThrownBy(() -> generator(other).checkModel())
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("are of no known form");
    assertThatThrownBy(() -> generator("a.safetensors:1e999").checkModel())
        .isInstanceOf(IllegalArgumentException.class);
  }
}
