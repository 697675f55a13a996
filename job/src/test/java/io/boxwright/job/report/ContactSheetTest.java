package io.boxwright.job.report;

import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.testing.SharedSpark;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class ContactSheetTest extends SharedSpark {

  private static final String OBJECTS =
      "cast(null as array<struct<label:string, boxes:array<array<double>>>>)";

  private static final String ADHERENCE = "cast(null as struct<guided:struct<in_box_mass:double>>)";

  /** From one tile to the next. */
  private static final int RIGHT = 256 + 8;

  private static final int DOWN = SheetTile.height() + 8;

  private static String row(String id, String status, int width, int height, Color color) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    return "('%s', 0, 'a prompt', '%s', named_struct('bytes', X'%s'), %s, %s)"
        .formatted(
            id, status, HexFormat.of().formatHex(PngEncoder.encode(image)), OBJECTS, ADHERENCE);
  }

  private static Dataset<Row> table(String... rows) {
    return spark.sql(
        Stream.of(rows)
            .collect(
                Collectors.joining(
                    ",",
                    "select * from values ",
                    " as t(id, image_index, prompt, status, image, objects, adherence)")));
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

    assertThat(sheet.getWidth()).isEqualTo(2 * RIGHT + 8);
    assertThat(new Color(sheet.getRGB(136, 136))).isEqualTo(Color.GREEN);
    assertThat(new Color(sheet.getRGB(RIGHT + 136, 136))).isEqualTo(Color.RED);
  }

  @Test
  void imagesKeepTheirAspectRatio() {
    BufferedImage sheet =
        ContactSheet.draw(table(row("wide", "ok", 128, 64, Color.RED)), 1).orElseThrow();

    assertThat(sheet.getHeight()).isEqualTo(DOWN + 8);
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

    assertThat(sheet.getWidth()).isEqualTo(2 * RIGHT + 8);
    assertThat(sheet.getHeight()).isEqualTo(2 * DOWN + 8);
    assertThat(new Color(sheet.getRGB(136, 136))).isEqualTo(Color.BLACK);
    assertThat(new Color(sheet.getRGB(RIGHT + 136, 136))).isEqualTo(Color.RED);
    assertThat(new Color(sheet.getRGB(136, DOWN + 136))).isEqualTo(Color.BLUE);
    assertThat(new Color(sheet.getRGB(RIGHT + 136, DOWN + 136))).isEqualTo(Color.BLACK);
  }

  @Test
  void aTileHasItsLabelsItsPromptAndItsScores() {
    Dataset<Row> plain = table(row("a", "ok", 64, 64, Color.GRAY));
    Dataset<Row> boxed =
        plain.withColumn(
            "objects",
            expr(
                "array(named_struct('label', 'cat', 'boxes', array(array(0.2d, 0.2d, 0.8d, 0.8d))))"));
    Dataset<Row> scored =
        plain.withColumn(
            "adherence", expr("named_struct('guided', named_struct('in_box_mass', 0.72d))"));

    BufferedImage before = ContactSheet.draw(plain, 1).orElseThrow();

    assertThat(differentRows(before, ContactSheet.draw(boxed, 1).orElseThrow()))
        .as("the box from 51 to 205 pixels, its label above it")
        .contains(8 + 40, 8 + 51, 8 + 128, 8 + 205)
        .doesNotContain(8 + 20, 8 + 230);
    Dataset<Row> detected =
        scored.withColumn("detection", expr("named_struct('found', 1d, 'iou', 0.51d)"));
    BufferedImage withScore = ContactSheet.draw(scored, 1).orElseThrow();
    assertThat(differentRows(before, withScore))
        .as("the last line of the caption")
        .isNotEmpty()
        .allMatch(y -> y > 8 + 256);
    assertThat(differentRows(withScore, ContactSheet.draw(detected, 1).orElseThrow()))
        .as("one more score in it")
        .isNotEmpty()
        .allMatch(y -> y > 8 + 256);
    assertThat(
            differentRows(
                before,
                ContactSheet.draw(plain.withColumn("prompt", lit("words".repeat(9000))), 1)
                    .orElseThrow()))
        .as("the first lines of the caption, however long the prompt is")
        .isNotEmpty()
        .allMatch(y -> y > 8 + 256);
  }

  private static List<Integer> differentRows(BufferedImage one, BufferedImage other) {
    return IntStream.range(0, one.getHeight())
        .filter(
            y ->
                IntStream.range(0, one.getWidth())
                    .anyMatch(x -> one.getRGB(x, y) != other.getRGB(x, y)))
        .boxed()
        .toList();
  }
}
