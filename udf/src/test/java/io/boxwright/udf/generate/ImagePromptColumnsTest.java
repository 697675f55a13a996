package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.pipelines.ImagePrompt;
import io.boxwright.testing.DetectorFixtures;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ImagePromptColumnsTest {

  private static final Path WIDE = Fixtures.path("detectors/wide.png");
  private static final String STRUCT = "struct<bytes:binary,path:string>";

  private static ImagePromptColumns columns(String type) {
    StructType table =
        StructType.fromDDL(
            "prompt string, ip_adapter_image %s, ip_adapter_scale float".formatted(type));
    return ImagePromptColumns.of(table, 0.75, new SerializableConfiguration(new Configuration()));
  }

  private static ImagePrompt read(String type, Object picture) {
    return columns(type).read(RowFactory.create("a cat", picture, null));
  }

  private static byte[] png() throws Exception {
    return Files.readAllBytes(WIDE);
  }

  private static Row struct(byte[] bytes, String path) {
    return RowFactory.create(bytes, path);
  }

  private static void assertWide(ImagePrompt prompt) {
    assertThat(Images.largestDifference(prompt.image(), DetectorFixtures.image("wide"))).isZero();
  }

  @Test
  void aPictureIsBytesAStructOrAPath() throws Exception {
    assertWide(read("binary", png()));
    assertWide(read("string", WIDE.toString()));
    assertWide(read("string", WIDE.toUri().toString()));
    assertWide(read(STRUCT, struct(png(), "only a name")));
    assertWide(read(STRUCT, struct(null, WIDE.toString())));
    assertWide(read("struct<path:string>", RowFactory.create(WIDE.toString())));
  }

  @Test
  void theScaleOfARowComesBeforeTheDefault() throws Exception {
    assertThat(read("binary", png()).scale()).isEqualTo(0.75);
    assertThat(columns("binary").read(RowFactory.create("a cat", png(), 0.5f)).scale())
        .isEqualTo(0.5);
    assertThatThrownBy(() -> columns("binary").read(RowFactory.create("a cat", png(), Float.NaN)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Invalid ip_adapter_scale: NaN");
  }

  @Test
  void aPictureThatCannotBeReadIsDescribed() throws Exception {
    assertInvalid(() -> read("binary", null), "it is null");
    assertInvalid(() -> read(STRUCT, struct(null, null)), "it is null");
    assertInvalid(() -> read("binary", new byte[] {1, 2}), "it is no picture in PNG or JPEG");
    byte[] cut = Arrays.copyOf(png(), 100);
    assertInvalid(() -> read("binary", cut), "the picture is broken");
    assertInvalid(() -> read("string", "/none.png"), "cannot read '/none.png'");
    assertInvalid(() -> read("string", ""), "cannot read ''");
    assertInvalid(() -> read("string", "https://a/b.png"), "download it first");
  }

  private static void assertInvalid(ThrowingCallable reading, String problem) {
    assertThatThrownBy(reading)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Invalid ip_adapter_image: ")
        .hasMessageContaining(problem);
  }

  @Test
  void aTableWithoutPicturesIsRefused() {
    StructType without = StructType.fromDDL("prompt string");

    assertThatThrownBy(
            () ->
                ImagePromptColumns.of(
                    without, 1, new SerializableConfiguration(new Configuration())))
        .hasMessageContaining("Invalid ip_adapter_image column: it is missing");
    assertThatThrownBy(() -> columns("int"))
        .hasMessageContaining("it is int, but must be binary, string, or struct");
    assertThatThrownBy(() -> columns("struct<bytes:int>"))
        .hasMessageContaining("it is struct<bytes:int>, but must be");
  }
}
