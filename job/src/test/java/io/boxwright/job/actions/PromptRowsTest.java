package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.PromptTable;
import io.boxwright.testing.Runs;
import io.boxwright.testing.SharedSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of rows that repeat, of tables that are wrong as a whole, and of odd columns. */
class PromptRowsTest extends SharedSpark {

  @TempDir private Path folder;
  private Runs runs;

  @BeforeEach
  void prepare() {
    runs = new Runs(spark, folder);
  }

  private void prompts(String query) {
    spark.sql(query).write().mode("overwrite").parquet(folder.resolve("prompts").toString());
  }

  private List<Row> images(String... columns) {
    return spark
        .read()
        .parquet(runs.images().toString())
        .orderBy("image.path")
        .selectExpr(columns)
        .collectAsList();
  }

  private List<String> notes() {
    return PromptTable.read(spark, folder.resolve("prompts").toString(), Optional.empty()).notes();
  }

  @Test
  void equalRowsHaveIdsSeedsAndPicturesOfTheirOwn() {
    prompts("select 'a cat' prompt");
    runs.action().execute();
    Row alone = images("id", "seed").get(0);
    prompts("select if(id = 3, 'a dog', 'a cat') prompt from range(0, 7, 1, 2)");
    runs.action().existing(ExistingOutput.OVERWRITE).execute();

    List<Row> rows = images("id", "seed", "image.path", "hash(image.bytes)");
    for (int column = 0; column < 4; column++) {
      int place = column;
      assertThat(new HashSet<>(rows.stream().map(row -> row.get(place)).toList())).hasSize(7);
    }
    assertThat(images("id", "seed")).contains(alone);
    assertThat(runs.verify().problems()).isEmpty();
    assertThat(notes())
        .containsExactly(
            "5 rows repeat an earlier row; each gets an id and a default seed of its own");
  }

  @Test
  void idsThatRepeatStayButTheirImagesAreToldApart() {
    prompts(
        "select 'a cat ' || (id % 2) prompt, if(id < 3, 'x', string(id)) id from range(0, 5, 1, 2)");
    runs.action().execute();

    assertThat(images("id").stream().map(row -> row.getString(0)))
        .containsExactlyInAnyOrder("x", "x", "x", "3", "4");
    assertThat(new HashSet<>(images("image.path"))).hasSize(5);
    assertThat(new HashSet<>(images("seed"))).hasSize(5);
    assertThat(runs.verify().problems()).isEmpty();
    assertThat(notes().get(0)).startsWith("2 rows have the id of an earlier row");
  }

  @Test
  void failedImagesOfRepeatedRowsAreMadeAgainWithTheirOwnSeeds() {
    prompts("select 'fail once' prompt from range(0, 5, 1, 2)");
    runs.action().maxFailedShare(1).execute();
    assertThat(runs.status()).contains("5 of them failed");
    System.setProperty("boxwright.test.healed", folder.toString());
    try {
      runs.action().existing(ExistingOutput.RETRY_ERRORS).execute();
    } finally {
      System.clearProperty("boxwright.test.healed");
    }

    assertThat(new HashSet<>(images("seed"))).hasSize(5);
    assertThat(runs.verify().problems()).isEmpty();
  }

  @Test
  void aTableThatIsWrongAsAWholeIsNotStarted() {
    prompts(
        "select 'a cat' prompt, array('cat') phrases,"
            + " array(array(10, 20, 300 + id, 400)) bboxes from range(0, 9)");

    assertThatThrownBy(runs.action()::execute)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("All of the first 9 rows in ")
        .hasMessageContaining("nothing is started: Invalid bboxes[0]: ")
        .hasMessageEndingWith(
            "all boxes look like pixels: divide them by the width and the height of their images");
    assertThat(runs.output()).doesNotExist();
  }

  @Test
  void phrasesThatAreAllMissingAreSeenAtTheFirstRows() {
    prompts(
        "select 'a cat' prompt, array(cast(null as string)) phrases,"
            + " array(array(0.1D, 0.1D, 0.5D, 0.5D)) bboxes");

    assertThatThrownBy(runs.action()::execute)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("The first row in ")
        .hasMessageEndingWith("nothing is started: Invalid phrases[0]: it is null");
  }

  @Test
  void aTableThatIsWrongInPartsIsMade() {
    prompts(
        "select 'a cat' prompt, array('cat') phrases,"
            + " array(array(0.1D, 0.1D, if(id = 0, 0.5D, 1.5D), 0.5D)) bboxes from range(0, 9)");

    assertThat(runs.action().execute().summary().failed()).isEqualTo(8);
  }

  @Test
  void columnsOfTheImageTablesNamesAreCarriedUnderNewOnes() {
    prompts("select 'a cat' prompt, 'x' image, 7 width, 'y' status, 'z' source");

    assertThatThrownBy(runs.action()::execute)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("named image, width, status; rename them, or give --rename-columns");
    assertThatThrownBy(runs.action().renameColumns("")::execute)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Invalid prefix ''");

    runs.action().renameColumns("my_").execute();

    assertThat(images("my_image", "my_width", "my_status", "source", "status").get(0))
        .hasToString("[x,7,y,z,ok]");
    assertThat(runs.verify().problems()).isEmpty();
    assertThatThrownBy(runs.action().renameColumns("own_")::execute)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("rename_columns is my_ there, own_ here");
  }

  @Test
  void timesKeepTheirZone() throws Exception {
    prompts(
        "select 'a cat' prompt, timestamp'2026-05-06 07:08:09.123456Z' zoned,"
            + " timestamp_ntz'2026-05-06 07:08:09.123456' plain");
    runs.action().execute();

    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(runs.chunk(0).toString()),
                spark.sparkContext().hadoopConfiguration()))) {
      assertThat(reader.getFileMetaData().getSchema().toString())
          .contains("int64 zoned (TIMESTAMP(MICROS,true))")
          .contains("int64 plain (TIMESTAMP(MICROS,false))");
    }
    assertThat(runs.verify().problems()).isEmpty();
  }

  @Test
  void oldDatesStayAsTheyAre() {
    String dates =
        "string(day), string(gap), string(zoned), string(plain), string(listed[0]), string(old)";
    prompts(
        "select 'a cat' prompt, date'1503-01-01' day, date'1582-10-10' gap,"
            + " timestamp'1850-01-01 00:00:00.000001Z' zoned,"
            + " timestamp_ntz'1582-10-10 01:02:03' plain,"
            + " array(timestamp'1582-10-10 00:00:00Z') listed, timestamp'0001-01-01 00:00:00Z' old");
    Row before =
        spark
            .read()
            .parquet(folder.resolve("prompts").toString())
            .selectExpr(dates.split(", "))
            .first();

    runs.action().execute();

    assertThat(images(dates.split(", "))).containsExactly(before);
    assertThat(runs.verify().problems()).isEmpty();
  }

  @Test
  void promptsAndImagesLieApart() throws Exception {
    prompts("select 'a cat' prompt");
    runs.action().execute();
    List<Row> made = images("id");
    Path link = Files.createSymbolicLink(folder.resolve("link"), runs.images());

    for (String input :
        List.of(runs.images().toString(), link.toString(), "file:" + runs.chunk(0))) {
      GenerateImages action =
          runs.action().input(input).renameColumns("x_").existing(ExistingOutput.OVERWRITE);
      assertThatThrownBy(action::execute)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("lies in output folder " + runs.output());
    }
    assertThatThrownBy(runs.action().output(folder.resolve("prompts/out").toString())::execute)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("lies in input folder ");

    assertThat(images("id")).isEqualTo(made);
    assertThat(folder.resolve("prompts/out")).doesNotExist();
    runs.action().input(folder.resolve("prompts").toString()).execute();
  }

  @Test
  void pathsAreNoPatterns() {
    Runs odd = new Runs(spark, folder.resolve("a [1] {x,y} *?")).withPrompts();
    odd.action().maxFailedShare(1).execute();

    assertThat(odd.verify().problems()).isEmpty();
    assertThat(odd.action().execute().summary().images()).isEqualTo(Runs.ROWS);
  }
}
