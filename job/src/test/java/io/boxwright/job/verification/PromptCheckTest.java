package io.boxwright.job.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.PromptTable;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunPlan;
import io.boxwright.testing.Runs;
import io.boxwright.testing.SharedSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptCheckTest extends SharedSpark {

  @TempDir private static Path folder;
  private static Runs runs;

  @BeforeAll
  static void makeRun() {
    runs = new Runs(spark, folder).withPrompts();
    runs.action().execute();
  }

  private static RunPlan plan() {
    return RunPlan.require(RunFolder.of(new Configuration(), runs.output().toString()));
  }

  private static Dataset<Row> images() {
    return spark.read().parquet(runs.images().toString());
  }

  /** The prompts of the run in their order, some of them changed. */
  private static PromptTable changed(String name, String column, String value) {
    Path table = folder.resolve(name);
    PromptTable.read(spark, folder.resolve("prompts").toString(), Optional.empty())
        .withPosition()
        .coalesce(1)
        .orderBy(PromptTable.POSITION)
        .drop(PromptTable.POSITION, "_boxwright_invalid_text")
        .withColumn(column, org.apache.spark.sql.functions.expr(value))
        .write()
        .parquet(table.toString());
    return PromptTable.read(spark, table.toString(), Optional.empty());
  }

  private static List<String> problems(PromptTable prompts) {
    return PromptCheck.findProblems(plan(), prompts, images());
  }

  @Test
  void rowsAreThoseOfTheirPrompts() {
    assertThat(problems(changed("same", "prompt", "prompt"))).isEmpty();
  }

  @Test
  void eachOtherValueIsNamedWithFileRowAndColumn() {
    String other = ": it is not what the prompt table has";

    assertThat(problems(changed("prompt", "prompt", "if(id = '6', 'a dog', prompt)")))
        .containsExactly("chunk-00001.parquet, row 2, column prompt" + other);
    assertThat(problems(changed("seed", "seed", "if(id = '19', seed + 1, seed)")))
        .containsExactly("chunk-00004.parquet, row 3, column seed" + other);
    assertThat(problems(changed("id", "id", "if(id = '0', '00', id)")))
        .containsExactly("chunk-00000.parquet, row 0, column id" + other);
    assertThat(
            problems(
                changed(
                    "bboxes",
                    "bboxes",
                    "if(id = '4', array(array(0.1D, 0.1D, 0.6D, 0.7D)), bboxes)")))
        .containsExactly("chunk-00001.parquet, row 0, column bboxes" + other);
    assertThat(problems(changed("extra", "extra", "if(id = '4', map('k', 5L), extra)")))
        .containsExactly("chunk-00001.parquet, row 0, column extra" + other);
    assertThat(problems(changed("none", "prompt", "if(id = '4', null, prompt)")))
        .containsExactly("chunk-00001.parquet, row 0, column prompt" + other);
  }

  @Test
  void aPromptTableWithABadChecksumIsRefused() throws Exception {
    Path table = folder.resolve("damaged");
    spark
        .range(50)
        .selectExpr("'a cat number ' || id prompt")
        .coalesce(1)
        .write()
        .option("compression", "none")
        .parquet(table.toString());
    try (Stream<Path> files = Files.list(table)) {
      for (Path file : files.toList()) {
        flipBit(file, "a cat number 33");
      }
    }

    assertThatThrownBy(() -> PromptTable.read(spark, table.toString(), Optional.empty()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Cannot read prompts from " + table)
        .hasMessageContaining("checksum");
  }

  /** Bytes of a file that say something, and its checksum beside it is gone. */
  private static void flipBit(Path file, String text) throws Exception {
    if (file.toString().endsWith(".crc")) {
      Files.delete(file);
      return;
    }
    byte[] bytes = Files.readAllBytes(file);
    int place = new String(bytes, "ISO-8859-1").indexOf(text);
    if (place >= 0) {
      bytes[place] ^= 1;
      Files.write(file, bytes);
    }
  }
}
