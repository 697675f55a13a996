package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.IPAdapterFixtures;
import io.boxwright.udf.executor.DeviceType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows with pictures that their images should resemble. */
class IPAdapterRowsTest extends GeneratedRows {

  private static final Path WIDE = Fixtures.path("detectors/wide.png");
  private static final Path TALL = Fixtures.path("detectors/tall.png");

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

  /** Makes images of one prompt and seed with pictures of a type. */
  private static List<Row> generate(
      GuidedImageGenerator generator, String type, Object... pictures) {
    List<Row> rows =
        List.of(pictures).stream()
            .map(picture -> picture instanceof Row row ? row : RowFactory.create(picture, null))
            .map(row -> RowFactory.create("a cat", 1L, row.get(0), row.get(1)))
            .toList();
    StructType schema =
        StructType.fromDDL(
            "prompt string, seed long, ip_adapter_image %s, ip_adapter_scale double"
                .formatted(type));
    return generator.generate(spark.createDataFrame(rows, schema).coalesce(1)).collectAsList();
  }

  private static byte[] png(Row row) {
    assertThat(row.<String>getAs("error")).isNull();
    return row.<Row>getAs("image").getAs("bytes");
  }

  private static byte[] read(Path file) throws Exception {
    return Files.readAllBytes(file);
  }

  @Test
  void bytesStructsAndPathsGiveTheSameImages() throws Exception {
    List<Row> structs =
        generate(
            withAdapter(),
            "struct<bytes:binary,path:string>",
            RowFactory.create(RowFactory.create(read(WIDE), "not read"), null),
            RowFactory.create(RowFactory.create(null, "file://" + TALL), null));

    assertThat(png(structs.get(0)))
        .isNotEqualTo(png(structs.get(1)))
        .isEqualTo(png(generate(withAdapter(), "binary", read(WIDE)).get(0)));
    assertThat(png(structs.get(1)))
        .isEqualTo(png(generate(withAdapter(), "string", TALL.toString()).get(0)));
  }

  @Test
  void theScaleOfARowComesBeforeThatOfTheRun() throws Exception {
    List<Row> rows =
        generate(
            withAdapter().setIPAdapterScale(0.25),
            "binary",
            read(WIDE),
            RowFactory.create(read(WIDE), 0.25),
            RowFactory.create(read(WIDE), 0.5));

    assertThat(png(rows.get(0))).isEqualTo(png(rows.get(1))).isNotEqualTo(png(rows.get(2)));
  }

  @Test
  void aPictureThatCannotBeReadIsTheErrorOfItsRow() throws Exception {
    byte[] cut = new byte[100];
    System.arraycopy(read(WIDE), 0, cut, 0, cut.length);
    List<Row> rows =
        generate(
            withAdapter(),
            "struct<bytes:binary,path:string>",
            RowFactory.create(RowFactory.create("text".getBytes(), null), null),
            RowFactory.create(RowFactory.create(cut, null), null),
            RowFactory.create(RowFactory.create(null, "/none.png"), null),
            RowFactory.create(RowFactory.create(null, null), null),
            RowFactory.create(null, null),
            RowFactory.create(RowFactory.create(read(WIDE), null), Double.NaN),
            RowFactory.create(RowFactory.create(read(WIDE), null), null));

    assertThat(rows)
        .extracting(row -> row.<String>getAs("error"))
        .satisfiesExactly(
            error ->
                assertThat(error)
                    .isEqualTo("Invalid ip_adapter_image: it is no picture in PNG or JPEG"),
            error ->
                assertThat(error).startsWith("Invalid ip_adapter_image: the picture is broken"),
            error ->
                assertThat(error).startsWith("Invalid ip_adapter_image: cannot read '/none.png'"),
            error -> assertThat(error).startsWith("Invalid ip_adapter_image: it is null"),
            error -> assertThat(error).startsWith("Invalid ip_adapter_image: it is null"),
            error -> assertThat(error).startsWith("Invalid ip_adapter_scale: NaN"),
            error -> assertThat(error).isNull());
  }

  @Test
  void aTableWithoutPicturesIsRefusedBeforeAnyTask() {
    assertThatThrownBy(() -> withAdapter().generate(spark.sql("select 'a cat' prompt")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Invalid ip_adapter_image column: it is missing");
    assertThatThrownBy(
            () -> withAdapter().generate(spark.sql("select 'a cat' prompt, 1 ip_adapter_image")))
        .hasMessageContaining("it is int, but must be binary, string, or struct");
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
