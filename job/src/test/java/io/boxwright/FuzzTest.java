package io.boxwright;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.Spark;
import io.boxwright.testing.StubLoader;
import io.boxwright.testing.TinyModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables whose columns hold every kind of nonsense beside good values, in all mixtures. */
class FuzzTest {

  /** Values of each column. Each fourth row has the first ones, which are good. */
  private static final List<String> COLUMNS =
      List.of(
          column(
              "id",
              "string(id)",
              "string(id)",
              "null",
              "'\\uD83D\\uDC31'",
              "''",
              "repeat('x', 5000)"),
          column(
              "prompt",
              "'a red circle'",
              "'a red circle and a blue star'",
              "'a red circle'",
              "null",
              "''",
              "'   '",
              "repeat('a red circle ', 1667)",
              "'a \\uD83D\\uDC31\\uD83C\\uDFFD \\u202E circle'",
              "string(unhex('C328'))"),
          column("negative_prompt", "null", "'blurry'", "''", "repeat('bad ', 5000)"),
          column("seed", "7L", "null", "-1L", "9223372036854775807L", "-9223372036854775808L"),
          column(
              "bboxes",
              "array(array(0.1D, 0.1D, 0.6D, 0.6D))",
              "array(array(0.1D, 0.1D, 0.6D, 0.6D))",
              "null",
              "array()",
              "array(null)",
              "array(array(0.1D, null, 0.6D, 0.6D))",
              "array(array(double('NaN'), 0.1D, 0.6D, 0.6D))",
              "array(array(double('-Infinity'), 0.1D, double('Infinity'), 0.6D))",
              "array(array(0.6D, 0.6D, 0.1D, 0.1D))",
              "array(array(0.1D, 0.1D, 0.1D, 0.1D))",
              "array(array(-1D, -1D, 1e300D, 2D))",
              "array(array(0.1D, 0.1D, 0.6D))",
              "array(array())",
              "array_repeat(array(0.1D, 0.1D, 0.6D, 0.6D), 300)"),
          column(
              "token_indices",
              "array(array(2, 3))",
              "array(array(2, 3))",
              "null",
              "array()",
              "array(null)",
              "array(array())",
              "array(array(cast(null as int)))",
              "array(array(-1))",
              "array(array(2147483647))",
              "array(array(0))",
              "array(array(2), array(3))"),
          column(
              "phrases",
              "null",
              "null",
              "array('red circle')",
              "array(cast(null as string))",
              "array('')",
              "array('dragon')",
              "array('red', 'circle')"));

  @TempDir private Path folder;

  private static String column(String name, String... values) {
    String list = String.join(", ", values);
    return "element_at(array(%s), if(id %% 4 = 0, 1, 1 + pmod(hash(id, '%s'), %d))) %s"
        .formatted(list, name, values.length, name);
  }

  private int run(String... arguments) {
    PrintWriter out = new PrintWriter(new StringWriter());
    return Main.run(Spark.localConf(), out, new PrintWriter(System.err, true), arguments);
  }

  private int generate(int rows, String... options) throws Exception {
    try (SparkSession spark = Spark.local()) {
      spark
          .sql("select %s from range(0, %d, 1, 4)".formatted(String.join(", ", COLUMNS), rows))
          .write()
          .parquet(folder.resolve("prompts").toString());
    }
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("generate", "--model", TinyModel.FOLDER.toString()));
    arguments.addAll(List.of("--input", folder.resolve("prompts").toString()));
    arguments.addAll(List.of("--output", folder.resolve("out").toString()));
    arguments.addAll(List.of("--device", "cpu"));
    arguments.addAll(List.of(options));
    return run(arguments.toArray(String[]::new));
  }

  private void assertEachRowHasItsStatus(int rows) throws Exception {
    assertThat(run("verify", folder.resolve("out").toString())).isEqualTo(ExitCode.ROWS_FAILED);
    try (SparkSession spark = Spark.local()) {
      List<Row> counts =
          spark
              .read()
              .parquet(folder.resolve("out/images").toString())
              .groupBy("status")
              .count()
              .collectAsList();
      assertThat(counts.stream().map(row -> row.getString(0)).collect(Collectors.toSet()))
          .containsExactlyInAnyOrder("ok", "error");
      assertThat(counts.stream().mapToLong(row -> row.getLong(1)).sum()).isEqualTo(rows);
    }
  }

  @Test
  void noRowVanishes() throws Exception {
    assertThat(
            generate(
                10_000, "--pipeline-loader", StubLoader.class.getName(), "--chunk-rows", "500"))
        .isEqualTo(ExitCode.ROWS_FAILED);

    assertEachRowHasItsStatus(10_000);
  }

  @Test
  void noRowVanishesWithARealModel() throws Exception {
    assertThat(generate(40, "--steps", "1", "--height", "64", "--width", "64", "--batch-size", "2"))
        .isEqualTo(ExitCode.ROWS_FAILED);

    assertEachRowHasItsStatus(40);
  }
}
