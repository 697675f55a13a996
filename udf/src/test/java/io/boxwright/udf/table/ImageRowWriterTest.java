package io.boxwright.udf.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.guidance.GuidanceTrace;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.pipelines.GenerationOptions.AttentionMaps;
import io.boxwright.diffusion.pipelines.PromptValues;
import io.boxwright.diffusion.scores.ImageScores;
import io.boxwright.diffusion.scores.ObjectScores;
import io.boxwright.diffusion.scores.ScoreGroup;
import io.boxwright.udf.table.ScoreColumn.Source;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Rows with a score that tables do not have yet, which needs only a class and a column. */
class ImageRowWriterTest {

  private static final BoundingBox BOX = new BoundingBox(0.25, 0, 0.75, 1);
  private static final StructType PROMPTS = StructType.fromDDL("prompt STRING");

  private static final List<LayoutObject> LAYOUT =
      List.of(
          new LayoutObject("cat", List.of(2), List.of(BOX)),
          new LayoutObject("dog", List.of(5), List.of(BOX)));

  /** A score of the brightness of an image and of its brightest boxes. */
  private record Brightness(double mean, List<ObjectScores> objectScores) implements ImageScores {

    private static final ScoreGroup GROUP =
        new ScoreGroup(
            "brightness",
            "Brightness",
            List.of("mean", "pixels.most", "pixels.least"),
            List.of(),
            List.of("brightness.mean"),
            List.of("brightness.box"),
            List.of(),
            Optional.empty());

    @Override
    public ScoreGroup group() {
      return GROUP;
    }

    @Override
    public Map<String, Double> imageNumbers() {
      return Map.of("mean", mean, "pixels.most", Double.NaN);
    }
  }

  private static Row row(ScoreOutcome scores) {
    ScoreColumn column = new ScoreColumn(Brightness.GROUP, Source.IMAGE, image -> scores);
    ImageRowWriter writer =
        new ImageRowWriter(
            PromptSchema.of(PROMPTS),
            ImageTableSchema.of(PROMPTS, AttentionMaps.DROP, List.of(column)));
    PromptRow prompt =
        new PromptRow(
            "r", new PromptValues("a cat", null, 1, List.of(), List.of(), List.of()), 0, Map.of());
    GeneratedImage image =
        new GeneratedImage(
            new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB),
            true,
            Optional.empty(),
            GuidanceTrace.NONE,
            List.of(),
            List.of("cut"),
            Optional.of(true));
    Row values =
        writer.makeRow(
            new ImageRequest(RowFactory.create("a cat"), prompt, 0, 1, Seeding.IMAGE, null),
            ImageOutcome.of(image, LAYOUT, 1),
            new byte[] {1},
            List.of(scores));
    return withNames(values, writer.images());
  }

  /** Adds the names of columns, as Spark does for the rows that it returns. */
  private static Row withNames(Row row, StructType schema) {
    Object[] values = IntStream.range(0, row.length()).mapToObj(row::get).toArray();
    return new GenericRowWithSchema(values, schema);
  }

  @Test
  void scoresAreAColumnAndPartOfTheirObjects() {
    ObjectScores ofCat =
        new ObjectScores(Map.of("brightness.mean", 0.75), Map.of("brightness.box", BOX));
    ObjectScores ofDog = new ObjectScores(Map.of("brightness.mean", 0.5), Map.of());

    Row row = row(ScoreOutcome.of(Optional.of(new Brightness(0.5, List.of(ofCat, ofDog)))));

    assertThat(row.<Row>getAs("brightness"))
        .as("what is not a number, or left out, is null")
        .isEqualTo(RowFactory.create(0.5, RowFactory.create(null, null)));
    Row[] objects = row.getAs("objects");
    assertThat(objects).extracting(object -> object.getString(0)).containsExactly("cat", "dog");
    Row cat = objects[0].getStruct(3);
    assertThat(cat.getDouble(0)).isEqualTo(0.75);
    assertThat((Double[]) cat.get(1)).containsExactly(0.25, 0.0, 0.75, 1.0);
    assertThat(objects[1].getStruct(3)).isEqualTo(RowFactory.create(0.5, null));
  }

  @Test
  void scoresOfTheImageAloneLeaveItsObjectsWithoutAny() {
    Row row = row(ScoreOutcome.of(Optional.of(new Brightness(0.5, List.of()))));

    assertThat(row.<Row>getAs("brightness").getDouble(0)).isEqualTo(0.5);
    assertThat(row.<Row[]>getAs("objects"))
        .hasSize(2)
        .allSatisfy(object -> assertThat(object.isNullAt(3)).isTrue());
  }

  @Test
  void whyThereAreNoScoresIsAWarning() {
    Row row = row(new ScoreOutcome(Optional.empty(), List.of("too dark")));

    assertThat(row.<Row>getAs("brightness")).isNull();
    assertThat(row.<String[]>getAs("warnings")).containsExactly("cut", "too dark");
  }
}
