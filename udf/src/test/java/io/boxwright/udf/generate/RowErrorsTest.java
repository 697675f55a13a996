package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.udf.table.PromptTables;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Rows that are wrong, and texts that are not. */
class RowErrorsTest extends GeneratedRows {

  /** Columns of a row, one of them not UTF-8, and the name of that one. */
  private static final String[][] INVALID_TEXTS = {
    {"string(unhex('C328')) prompt", "prompt"},
    {"string(unhex('EDA080')) prompt", "prompt"}, // half of a surrogate pair
    {"'a cat' prompt, string(unhex('61FF')) negative_prompt", "negative_prompt"},
    {"'a cat' prompt, string(unhex('61FF')) id", "id"},
    {
      "'a cat' prompt, array(array(0D, 0D, 1D, 1D), array(0D, 0D, 1D, 1D)) bboxes,"
          + " array('cat', string(unhex('FF'))) phrases",
      "phrases[1]"
    },
  };

  @Test
  void textThatIsNoUtf8IsARowError() {
    for (String[] invalid : INVALID_TEXTS) {
      Row row = generate(invalid[0]);

      assertThat(row.<String>getAs("status")).as(invalid[0]).isEqualTo("error");
      assertThat(row.<String>getAs("error"))
          .isEqualTo("Invalid %s: it is not valid UTF-8".formatted(invalid[1]));
      assertThat(row.schema().fieldNames()).noneMatch(name -> name.startsWith("_"));
    }
  }

  @Test
  void replacementCharactersThatStandInATextAreRight() {
    Row row = generate("'a cat \uFFFD \uD83D\uDC31' prompt, '\uFFFD' id");

    assertThat(row.<String>getAs("status")).isEqualTo("ok");
    assertThat(row.<String>getAs("id")).isEqualTo("\uFFFD");
  }

  @Test
  void rowsThatDifferInWrongBytesAloneHaveDifferentIds() {
    Dataset<Row> prompts =
        spark.sql(
            "select string(unhex(prompt)) prompt, string(unhex(id)) id from values"
                + " ('FF', null), ('FE', null), ('61', 'FF'), ('61', 'FE'), ('61', 'EFBFBD')"
                + " as t (prompt, id)");

    List<Row> rows = generator().generate(prompts).select("id", "status").collectAsList();

    assertThat(rows).extracting(row -> row.getString(0)).doesNotHaveDuplicates().hasSize(5);
    assertThat(PromptTables.addIdsAndSeeds(prompts).select("id").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrderElementsOf(rows.stream().map(row -> row.getString(0)).toList());
    assertThat(rows).filteredOn(row -> row.getString(1).equals("ok")).hasSize(1);
  }

  @Test
  void errorsAreOneShortLineWithoutSecrets() {
    Row row =
        generate(
            "'explode' || repeat('x', 5000) prompt, "
                + BOX
                + " bboxes, array('\u001b[2Jdog\nsecret=hidden') phrases");

    assertThat(row.<String>getAs("error"))
        .hasSizeLessThanOrEqualTo(1000)
        .startsWith("phrase '\\u001B[2Jdog\\nsecret=***")
        .doesNotContain("hidden");
  }

  /** Prompt, bboxes and token_indices of a bad row, and its error. */
  private static final String[][] BAD_ROWS = {
    {"null", "array(array(0, 0, 1, 1))", "array(array(1))", "prompt: it is null"},
    {"''", "array(array(0, 0, 1, 1))", "array(array(1))", "it is empty"},
    {
      "'a cat'",
      "array(array(0, 0, 1, 1))",
      "array(array(9))",
      "token index 9: the prompt has tokens 1 to "
    },
    {"'a cat'", "array(array(0, 0, 1, 1))", "array(array(0))", "token index 0: "},
    {"'a cat'", "array(array(0, 0, 1, 1))", "array(array(5000000000))", "5000000000"},
    {
      "'a cat'",
      "array(array(0, 0, 1, 1))",
      "array(array(1), array(2))",
      "1 bbox, but 2 in token_indices"
    },
    {"'a cat'", "array(array(0, 0, 1, 1))", "array()", "bboxes without token_indices"},
    {"'a cat'", "array()", "array(array(1))", "0 bboxes, but 1 in token_indices"},
    {"'a cat'", "array(array(0, 0, 1, 1))", "array(array())", "token_indices[0]: it is empty"},
    {"'a cat'", "array(array(0, 0, 1, 1))", "array(null)", "token_indices[0]: it is null"},
    {"'a cat'", "array(array(0, 0, null, 1))", "array(array(1))", "bboxes[0]: it is null"},
    {"'a cat'", "array(array(0, 0, 1))", "array(array(1))", "bboxes[0]: 3 numbers"},
    {"'a cat'", "array(array(double('NaN'), 0, 1, 1))", "array(array(1))", "x_min is not a number"},
    {
      "'a cat'",
      "array(array(0.5, 0, 0.1, 1))",
      "array(array(1))",
      "bboxes[0]: Invalid box: inverted"
    },
    {"'a cat'", "array(array(0.5, 0, 0.5, 1))", "array(array(1))", "zero area"},
    {"'a cat'", "array(array(0, 0, 1.5, 1))", "array(array(1))", "x_max is 1.5"},
    {"'overflow'", "array(array(0, 0, 1, 1))", "array(array(1))", "Non-finite latents"},
    {"'explode'", "array(array(0, 0, 1, 1))", "array(array(1))", "IllegalStateException: boom"},
  };

  @Test
  void badRowsHaveAnErrorAndTakeNoOtherRowWithThem() {
    Dataset<Row> prompts = goodRow(0);
    for (int i = 0; i < BAD_ROWS.length; i++) {
      prompts = prompts.union(badRow(i)).union(goodRow(i + 1));
    }

    List<Row> rows = generator().generate(prompts.coalesce(1)).collectAsList();

    assertThat(rows).hasSize(2 * BAD_ROWS.length + 1);
    for (Row row : rows) {
      String id = row.getAs("id");
      String error = row.getAs("error");
      if (id.startsWith("good")) {
        assertThat(row.<String>getAs("status")).as(id).isEqualTo("ok");
      } else {
        assertThat(row.<String>getAs("status")).as(id).isEqualTo("error");
        assertThat(error).contains(BAD_ROWS[Integer.parseInt(id)][3]);
        assertThat(row.<Row>getAs("image")).as(id).isNull();
      }
    }
  }

  private static Dataset<Row> badRow(int i) {
    return row(BAD_ROWS[i][0], BAD_ROWS[i][1], BAD_ROWS[i][2], String.valueOf(i));
  }

  private static Dataset<Row> goodRow(int i) {
    return row("'a cat'", "null", "null", "good" + i);
  }

  private static Dataset<Row> row(String prompt, String bboxes, String tokens, String id) {
    return spark.sql(
        ("select cast(%s as string) prompt, cast(%s as array<array<double>>) bboxes,"
                + " cast(%s as array<array<bigint>>) token_indices, '%s' id")
            .formatted(prompt, bboxes, tokens, id));
  }

  @Test
  void aPhraseThatDoesNotOccurIsARowError() {
    Row row = generate("'a cat' prompt, " + BOX + " bboxes, array('dog') phrases");

    assertThat(row.<String>getAs("error")).contains("'dog'", "'a cat'");
  }
}
