package io.boxwright.cli;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lower;
import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.Spark;
import io.boxwright.testing.StubLoader;
import io.boxwright.testing.TinyModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables whose columns hold every kind of nonsense beside good values, in all mixtures. {@code
 * -Dboxwright.fuzz.rows=10000} says how many rows; the default is few of them.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class FuzzTest {

  private static final int ROWS = Integer.getInteger("boxwright.fuzz.rows", 800);

  /** A real model makes a picture of each row that it can. */
  private static final int ROWS_OF_A_MODEL = Math.max(40, ROWS / 25);

  /** So long that many of them would take minutes, were they read; in few rows. */
  private static final String HUGE_PROMPT = "if(n % 97 = 1, repeat('a red circle ', 54000), 'a')";

  private static final String GOOD_BOX = "array(0.1D, 0.1D, 0.6D, 0.6D)";

  /** Values of each column. Each fourth row has the first ones, which are good. */
  private static final List<String> COLUMNS =
      List.of(
          column(
              "id",
              "string(n)",
              "string(n)",
              "null",
              "'twin'", // of many rows
              "'\\uD83D\\uDC31'",
              "''",
              "' '",
              "repeat('x', 5000)",
              "repeat('x', 300) || n",
              "'../../../../tmp/' || n",
              "'/etc/passwd'",
              "'a/' || n",
              "'a\\\\' || n",
              "'..'",
              "'CON'",
              "'con.' || n",
              "'a' || char(10) || n",
              "char(27) || '[2J' || n",
              "char(0)",
              "'A' || n",
              "'a' || n",
              "string(unhex('FF'))",
              "string(unhex('61FF')) || n",
              "'\\uFFFD'"),
          column(
              "prompt",
              "'a red circle'",
              "'a red circle'",
              "'a red circle and a blue star'",
              "null",
              "''",
              "'   '",
              "repeat('a red circle ', 700)",
              "repeat('a red circle ', 1667)",
              HUGE_PROMPT,
              "repeat(' ', 9999)",
              "repeat('circle', 1600)",
              "repeat('\\uD83D\\uDC31', 4000)",
              "'a \\uD83D\\uDC31\\uD83C\\uDFFD \\u202E circle'",
              "'a ' || char(27) || '[31mred' || char(7) || ' circle' || char(10) || char(0)",
              "'<|endoftext|> <|startoftext|> a red circle'",
              "'a \\uFFFD red circle'",
              "'a ''red'' circle %s %n {} \\\\'",
              "string(unhex('C328')) || n",
              "string(unhex('EDA080'))"),
          column(
              "negative_prompt",
              "null",
              "'blurry'",
              "''",
              "repeat('bad ', 5000)",
              "string(unhex('80'))",
              "char(27)"),
          column("seed", "7L", "null", "-1L", "9223372036854775807L", "-9223372036854775808L"),
          column(
              "bboxes",
              "array(%s)".formatted(GOOD_BOX),
              "array(%s)".formatted(GOOD_BOX),
              "null",
              "array()",
              "array(null)",
              "array(array(0.1D, null, 0.6D, 0.6D))",
              "array(array(double('NaN'), 0.1D, 0.6D, 0.6D))",
              "array(array(double('-Infinity'), 0.1D, double('Infinity'), 0.6D))",
              "array(array(0.6D, 0.6D, 0.1D, 0.1D))",
              "array(array(0.1D, 0.1D, 0.1D, 0.1D))",
              "array(array(0.1D, 0.1D, 0.1000000001D, 0.1000000001D))",
              "array(array(-0D, 4.9e-324D, 1D, 1D))",
              "array(array(-1D, -1D, 1e300D, 2D))",
              "array(array(0.1D, 0.1D, 0.6D))",
              "array(array())",
              "array(array_repeat(0.5D, 5000))",
              "array(%1$s, %1$s)".formatted(GOOD_BOX),
              "array_repeat(%s, 300)".formatted(GOOD_BOX),
              "array_repeat(%s, if(n %% 7 = 1, 5000, 501))".formatted(GOOD_BOX)),
          column(
              "token_indices",
              "array(array(2L, 3L))",
              "array(array(2L, 3L))",
              "null",
              "array()",
              "array(null)",
              "array(array())",
              "array(array(cast(null as bigint)))",
              "array(array(-1L))",
              "array(array(2147483647L))",
              "array(array(9223372036854775807L))",
              "array(array(0L))",
              "array(array(2L, 2L, 2L))",
              "array(array_repeat(2L, 1000))",
              "array(array(2L), array(3L))",
              "array_repeat(array(2L), 300)",
              "array_repeat(array(2L), if(n % 7 = 1, 5000, 501))"),
          column(
              "phrases",
              "null",
              "null",
              "array('red circle')",
              "array(cast(null as string))",
              "array('')",
              "array('dragon')",
              "array(char(27) || '[2J' || char(10))",
              "array(repeat('red ', 2000))",
              "array(string(unhex('FF')))",
              "array('red', 'circle')",
              "array_repeat('red circle', 300)",
              "array_repeat('red circle', if(n % 7 = 1, 5000, 501))"));

  @TempDir private Path folder;

  private final StringWriter console = new StringWriter();

  private static String column(String name, String... values) {
    StringBuilder cases = new StringBuilder();
    for (int i = 1; i < values.length; i++) {
      cases.append(" when %d then %s".formatted(i, values[i]));
    }
    return "case if(n %% 4 = 0, 0, pmod(hash(n, '%s'), %d)) %s else %s end %s"
        .formatted(name, values.length, cases, values[0], name);
  }

  private int run(String... arguments) {
    PrintWriter out = new PrintWriter(console, true);
    return BoxwrightCommand.run(Spark.conf(), out, out, arguments);
  }

  private int generate(int rows, String... options) throws Exception {
    try (SparkSession spark = Spark.local()) {
      spark
          .range(0, rows, 1, 4)
          .withColumnRenamed("id", "n")
          .selectExpr(("n;" + String.join(";", COLUMNS)).split(";"))
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
    assertThat(run("verify", folder.resolve("out").toString()))
        .as(console.toString())
        .isEqualTo(ExitCode.ROWS_FAILED);
    assertThat(run("status", folder.resolve("out").toString())).isEqualTo(ExitCode.OK);
    try (SparkSession spark = Spark.local()) {
      Dataset<Row> images = spark.read().parquet(folder.resolve("out/images").toString());
      assertThat(images.count()).isEqualTo(rows);
      assertThat(images.select("n").distinct().count()).isEqualTo(rows);
      assertStatus(images);
      assertPaths(images.filter(col("status").equalTo("ok")));
    }
    assertConsoleIsPlain();
  }

  private static void assertStatus(Dataset<Row> images) {
    assertThat(images.filter("n % 4 = 0 and status <> 'ok'").collectAsList()).isEmpty();
    assertThat(images.filter("status not in ('ok', 'error')").count()).isZero();
    assertThat(images.filter("status = 'error'").count()).isPositive();
    assertThat(
            images
                .filter("(status = 'error') <> (error is not null)")
                .union(images.filter("length(error) > 1010 or error rlike '\\\\p{Cntrl}'"))
                .count())
        .isZero();
  }

  /** Rows that share an id have names of their own. */
  private static void assertPaths(Dataset<Row> made) {
    Dataset<Row> paths = made.select("image.path");
    assertThat(paths.select(lower(col("path"))).distinct().count()).isEqualTo(made.count());
    assertThat(paths.filter("not path rlike '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'").collectAsList())
        .isEmpty();
    assertThat(paths.filter("path like '%..%'").collectAsList()).isEmpty();
  }

  private void assertConsoleIsPlain() {
    assertThat(console.toString())
        .doesNotContain("\tat ", "Exception")
        .doesNotContainPattern("[\\x00-\\x08\\x0b-\\x1f\\x7f]");
  }

  @Test
  void noRowVanishes() throws Exception {
    assertThat(
            generate(ROWS, "--pipeline-loader", StubLoader.class.getName(), "--chunk-rows", "500"))
        .as(console.toString())
        .isEqualTo(ExitCode.ROWS_FAILED);

    assertEachRowHasItsStatus(ROWS);
  }

  @Test
  void noRowVanishesWithARealModel() throws Exception {
    assertThat(
            generate(
                ROWS_OF_A_MODEL,
                "--steps",
                "1",
                "--height",
                "64",
                "--width",
                "64",
                "--batch-size",
                "2"))
        .as(console.toString())
        .isEqualTo(ExitCode.ROWS_FAILED);

    assertEachRowHasItsStatus(ROWS_OF_A_MODEL);
  }
}
