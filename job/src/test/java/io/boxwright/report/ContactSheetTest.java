package io.boxwright.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.images.PngEncoder;
import io.boxwright.testing.Spark;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ContactSheetTest {

  private static SparkSession spark;

  @BeforeAll
  static void startSpark() {
    spark = Spark.local();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  private static String row(String id, String status, int width, int height, Color color) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    return "('%s', 0, '%s', named_struct('bytes', X'%s'), cast(null as array<struct<boxes:array<array<double>>>>))"
        .formatted(id, status, HexFormat.of().formatHex(PngEncoder.encode(image)));
  }

  private static Dataset<Row> table(String... rows) {
    return spark.sql(
        Stream.of(rows)
            .collect(
                Collectors.joining(
                    ",",
                    "select * from values ",
                    " as t(id, image_index, status, image, objects)")));
  }

  @Test
  void imagesStandInTheOrderOfTheirIdsWithoutFailedOnes() {
    BufferedImage sheet =
        ContactSheet.draw(
                table(
                    row("c", "ok", 64, 64, Color.RED),
                    row("a", "error", 64, 64, Color.BLACK),
                    row("b", "ok", 64, 64, Color.GREEN)),
                12)
            .orElseThrow();

    assertThat(sheet.getWidth()).isEqualTo(2 * 264 + 8);
    assertThat(new Color(sheet.getRGB(136, 136))).isEqualTo(Color.GREEN);
    assertThat(new Color(sheet.getRGB(264 + 136, 136))).isEqualTo(Color.RED);
  }

  @Test
  void imagesKeepTheirAspectRatio() {
    BufferedImage sheet =
        ContactSheet.draw(table(row("wide", "ok", 128, 64, Color.RED)), 1).orElseThrow();

    assertThat(sheet.getHeight()).isEqualTo(264 + 8);
    assertThat(new Color(sheet.getRGB(136, 136))).isEqualTo(Color.RED);
    assertThat(new Color(sheet.getRGB(10, 136))).isEqualTo(Color.RED);
    assertThat(new Color(sheet.getRGB(136, 40))).isEqualTo(Color.BLACK);
    assertThat(new Color(sheet.getRGB(136, 232))).isEqualTo(Color.BLACK);
  }

  @Test
  void withoutImagesThereIsNoSheet() {
    assertThat(ContactSheet.draw(table(row("a", "error", 8, 8, Color.RED)), 12)).isEmpty();
  }

  @Test
  void imagesOfOnePromptStandAboveOneAnother() {
    BufferedImage sheet =
        ContactSheet.compare(
                table(
                    row("b", "ok", 64, 64, Color.RED),
                    row("a", "error", 64, 64, Color.BLACK),
                    row("c", "ok", 64, 64, Color.GREEN)),
                table(
                    row("c", "ok", 64, 64, Color.CYAN),
                    row("b", "error", 64, 64, Color.BLACK),
                    row("a", "ok", 64, 64, Color.BLUE)),
                2)
            .orElseThrow();

    assertThat(sheet.getWidth()).isEqualTo(2 * 264 + 8);
    assertThat(sheet.getHeight()).isEqualTo(2 * 264 + 8);
    assertThat(new Color(sheet.getRGB(136, 136))).isEqualTo(Color.BLACK);
    assertThat(new Color(sheet.getRGB(264 + 136, 136))).isEqualTo(Color.RED);
    assertThat(new Color(sheet.getRGB(136, 264 + 136))).isEqualTo(Color.BLUE);
    assertThat(new Color(sheet.getRGB(264 + 136, 264 + 136))).isEqualTo(Color.BLACK);
  }
}
