package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.boxwright.testing.Spark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/**
 * A benchmark from its file to its figures with the built-in model: import, generation without and
 * with guidance, and evaluation of both.
 */
class ImportToEvaluationTest extends CommandRuns {

  private static final List<String> LINES =
      List.of(
          "id,category,prompt,obj1,bbox1,obj2,bbox2",
          "000,one,a cyan heart on a black background,a cyan heart,\"240,250,440,450\",,",
          "001,two,a cyan diamond and a purple star on a white background,"
              + "a cyan diamond,\"270,270,420,420\",a purple star,\"60,60,240,240\"");

  private void makeImages(String guidance) {
    assertThat(
            run(
                "generate",
                "--model=shapes",
                "--device=cpu",
                "--detector=shapes",
                "--guidance=" + guidance,
                "--steps=5",
                "--input=" + folder.resolve("prompts.parquet"),
                "--output=" + folder.resolve(guidance)))
        .as(err.toString())
        .isEqualTo(ExitCode.OK);
  }

  private void evaluate(String guidance) {
    assertThat(
            run(
                "evaluate",
                folder.resolve(guidance).toString(),
                "--detector=shapes",
                "--benchmark=7bench",
                "--device=cpu"))
        .as(err.toString())
        .isEqualTo(ExitCode.OK);
  }

  private double figure(String guidance, String name, String category) throws Exception {
    JsonNode record =
        new ObjectMapper()
            .readTree(folder.resolve(guidance + "/evaluations/7bench/evaluation.json").toFile());
    for (JsonNode figure : record.findValue("benchmarks").get(0).get("figures")) {
      if (figure.get("name").asText().equals(name)
          && figure.path("category").asText("all").equals(category)) {
        return figure.get("value").asDouble();
      }
    }
    throw new AssertionError(name + " of " + category + " is missing in " + record);
  }

  /** The objects of a table by the ids of their rows. */
  private static List<Row> objects(SparkSession spark, Path table) {
    return spark
        .read()
        .parquet(table.toString())
        .selectExpr("id", "category", "posexplode(objects) as (place, object)")
        .orderBy("id", "place")
        .collectAsList();
  }

  private static double mean(List<Row> objects, String category) {
    return objects.stream()
        .filter(row -> category.equals("all") || row.<String>getAs("category").equals(category))
        .map(row -> row.<Row>getAs("object").<Row>getAs("detection"))
        .mapToDouble(detection -> detection.<Double>getAs("right") * detection.<Double>getAs("iou"))
        .average()
        .orElseThrow();
  }

  @Test
  void theFiguresAgreeWithWhatGenerationDetected() throws Exception {
    Path file = Files.write(folder.resolve("7bench.csv"), LINES);
    assertThat(
            run(
                "import",
                "7bench",
                file.toString(),
                "--output=" + folder.resolve("prompts.parquet")))
        .isEqualTo(ExitCode.OK);
    for (String guidance : List.of("none", "auto")) {
      makeImages(guidance);
      evaluate(guidance);
    }

    try (SparkSession spark = Spark.local()) {
      for (String guidance : List.of("none", "auto")) {
        List<Row> made = objects(spark, folder.resolve(guidance + "/images"));
        List<Row> evaluated =
            objects(spark, folder.resolve(guidance + "/evaluations/7bench/images"));
        assertThat(evaluated).hasSize(3).hasSameSizeAs(made);
        for (int i = 0; i < 3; i++) {
          Row detection = made.get(i).<Row>getAs("object").getAs("detection");
          Row object = evaluated.get(i).getAs("object");
          for (String number : List.of("found", "right", "centre_in_box")) {
            assertThat(object.<Double>getAs(number))
                .as("%s of object %d with guidance %s", number, i, guidance)
                .isEqualTo(detection.<Double>getAs(number));
          }
        }
        for (String category : List.of("one", "two")) {
          assertThat(figure(guidance, "mean_iou", category))
              .isEqualTo(mean(made, category), within(0.03)); // its edges are whole pixels
        }
      }
    }
    assertThat(figure("auto", "mean_iou", "all")).isGreaterThan(figure("none", "mean_iou", "all"));
  }
}
