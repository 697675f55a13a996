package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.IPAdapterFixtures;
import io.boxwright.udf.executor.DeviceType;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows with pictures that their images should resemble. */
class IPAdapterRowsTest extends GeneratedRows {

  private static final String WIDE = Fixtures.path("detectors/wide.png").toString();
  private static final String TALL = Fixtures.path("detectors/tall.png").toString();

  @TempDir private Path folder;

  private GuidedImageGenerator withAdapter() {
    return new GuidedImageGenerator()
        .setModelUrl(Fixtures.sd1().toString())
        .setModelCache(folder.resolve("cache"))
        .setDeviceType(DeviceType.CPU)
        .setBatchSize(1)
        .setOptions(GenerationOptions.defaults().withSize(64, 64).withNumInferenceSteps(1))
        .setIPAdapter(IPAdapterFixtures.adapter("plain").toString())
        .setImageEncoder(IPAdapterFixtures.imageEncoder().toString());
  }

  @Test
  void eachRowHasItsPictureAndScaleOrItsError() {
    List<Row> rows =
        withAdapter()
            .setIPAdapterScale(0.25)
            .generate(
                spark
                    .sql(
                        "select 'a cat' prompt, 1L seed, * from values ('%1$s', null), ('%1$s', 0.25D), ('%1$s', 0.5D), ('%2$s', null), ('none', null) t(ip_adapter_image, ip_adapter_scale)"
                            .formatted(WIDE, TALL))
                    .coalesce(1))
            .collectAsList();

    assertThat(png(rows.get(0)))
        .isEqualTo(png(rows.get(1)))
        .isNotEqualTo(png(rows.get(2)))
        .isNotEqualTo(png(rows.get(3)));
    assertThat(rows.get(4).<String>getAs("error"))
        .startsWith("Invalid ip_adapter_image: cannot read 'none'");
  }

  @Test
  void theImageEncoderMayBeAHadoopUri() {
    String uri = "file://" + IPAdapterFixtures.imageEncoder().toAbsolutePath();
    String prompt = "select 'a cat' prompt, 1L seed, '%s' ip_adapter_image".formatted(WIDE);

    Row row = only(withAdapter().setImageEncoder(uri).generate(spark.sql(prompt)));

    assertThat(png(row)).isEqualTo(png(only(withAdapter().generate(spark.sql(prompt)))));
    assertThatThrownBy(() -> withAdapter().setImageEncoder(uri + "/none").checkModel())
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("image_encoder/none");
  }

  private static byte[] png(Row row) {
    assertThat(row.<String>getAs("error")).isNull();
    return row.<Row>getAs("image").getAs("bytes");
  }

  @Test
  void aTableWithoutPicturesIsRefusedBeforeAnyTask() {
    assertThatThrownBy(() -> withAdapter().generate(spark.sql("select 'a cat' prompt")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Invalid ip_adapter_image column: it is missing");
  }

  @Test
  void settingsTellTheContentOfTheFiles() {
    assertThat(withAdapter().settings())
        .hasEntrySatisfying(
            "ip_adapter",
            text -> assertThat(text).matches(".*plain.safetensors sha256 [0-9a-f]{64}"))
        .hasEntrySatisfying(
            "image_encoder",
            text -> assertThat(text).matches(".*image_encoder sha256 [0-9a-f]{64}"))
        .containsEntry("ip_adapter_scale", "1.0");
    assertThat(withAdapter().setIPAdapter(null).settings())
        .doesNotContainKeys("ip_adapter", "image_encoder", "ip_adapter_scale");
    assertThat(withAdapter().checkModel()).isEmpty();
  }

  @Test
  void aFileThatIsMissingOrDoesNotFitIsRefused() {
    assertThatThrownBy(() -> withAdapter().setIPAdapter("none.safetensors").checkModel())
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage("Cannot read the IP-Adapter none.safetensors: there is no such file");
    assertThatThrownBy(() -> withAdapter().setIPAdapter("ip-adapter.bin").checkModel())
        .hasMessageContaining("it must be a .safetensors file");
    assertThatThrownBy(() -> withAdapter().setImageEncoder(null).checkModel())
        .hasMessageContaining("give --image-encoder FOLDER");
  }
}
