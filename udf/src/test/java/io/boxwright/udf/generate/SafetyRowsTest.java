package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.PretrainedOptions.SafetyCheck;
import io.boxwright.testing.SafetyFixtures;
import io.boxwright.udf.executor.DeviceType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of a model with a safety checker. */
class SafetyRowsTest extends GeneratedRows {

  @TempDir private Path folder;

  @BeforeEach
  void copyModel() throws Exception {
    SafetyFixtures.copyModelTo(folder.resolve("model"));
  }

  private GuidedImageGenerator generator(SafetyCheck check) {
    return new GuidedImageGenerator()
        .setModelUrl(folder.resolve("model").toString())
        .setModelCache(folder.resolve("cache"))
        .setDeviceType(DeviceType.CPU)
        .setOptions(SafetyFixtures.options())
        .setSafetyCheck(check);
  }

  /** A row that is made black, one that is not, and one that is wrong. */
  private static Dataset<Row> prompts() {
    GenerationRequest first = SafetyFixtures.requests().get(0);
    GenerationRequest second = SafetyFixtures.requests().get(1);
    return spark
        .sql(
            "select * from values ('a', '%s', %dL), ('b', '%s', %dL), ('c', '', 1L) t(id, prompt, seed)"
                .formatted(first.prompt(), first.seed(), second.prompt(), second.seed()))
        .coalesce(1);
  }

  @Test
  void blackImagesAreGoodRowsThatAreCounted() {
    GuidedImageGenerator generator = generator(SafetyCheck.MODEL);

    List<Row> rows = generator.generate(prompts()).orderBy("id").collectAsList();

    assertThat(rows).extracting(row -> row.getAs("status")).containsExactly("ok", "ok", "error");
    assertThat(rows).extracting(row -> row.getAs("nsfw")).containsExactly(true, false, null);
    assertThat(generator.monitor().unsafe()).isEqualTo(1);
    assertThat(generator.settings()).doesNotContainKey("safety_check");
    assertThat(generator(SafetyCheck.NONE).settings()).containsEntry("safety_check", "none");
  }

  @Test
  void theCheckerBelongsToTheModelsFingerprint() throws Exception {
    String before = generator(SafetyCheck.MODEL).modelFingerprint();
    Path weights = folder.resolve("model/safety_checker/model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);

    assertThat(generator(SafetyCheck.MODEL).modelFingerprint()).isNotEqualTo(before);
    assertThat(ModelIndex.reads("safety_checker/model.safetensors")).isTrue();
    assertThat(ModelIndex.reads("feature_extractor/preprocessor_config.json")).isTrue();
  }
}
