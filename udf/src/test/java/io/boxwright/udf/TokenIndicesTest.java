package io.boxwright.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.util.Utils;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.ModelCopy;
import java.nio.file.Path;
import org.apache.spark.sql.AnalysisException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenIndicesTest extends SqlSession {

  private static final String TWO_SHAPES = "'a red circle and a blue square'";

  /** The result of a call, as JSON. */
  private static String findIndices(String arguments) {
    return select("SELECT to_json(boxwright.token_indices(%s))".formatted(arguments));
  }

  @Test
  void givesAListForEachPhraseInTheirOrder() {
    assertThat(findIndices("'shapes', %s, array('blue square', 'circle')".formatted(TWO_SHAPES)))
        .isEqualTo("[[6,7],[3]]");
    assertThat(findIndices("'shapes', %s, array()".formatted(TWO_SHAPES))).isEqualTo("[]");
  }

  @Test
  void findsPhrasesAsTheJobDoes() {
    assertThat(findIndices("'shapes', 'Red circle and a circle', array('a red_circle', 'circle')"))
        .isEqualTo("[[1,2],[5]]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NULL, 'a circle', array('circle')",
        "'shapes', NULL, array('circle')",
        "'shapes', 'a circle', NULL",
        "'shapes', CAST(NULL AS STRING), array('circle')"
      })
  void nullGivesNull(String arguments) {
    assertThat(findIndices(arguments)).isNull();
  }

  @Test
  void errorsAreOneLineWithoutControlCharacters() {
    assertThat(
            catchFailure(() -> findIndices("'shapes', 'a\\nstar', array(concat('cat', char(0)))")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("phrase 'cat\\u0000' does not occur in prompt 'a\\nstar'");
  }

  @Test
  void readsColumnsInTasks() {
    spark.sql(
        "CREATE OR REPLACE TEMP VIEW prompts AS SELECT 'shapes' model,"
            + " IF(id = 7, NULL, concat(repeat('a ', int(id % 5)), 'red circle')) prompt,"
            + " array('circle') phrases, id % 5 + 2 wanted FROM range(0, 1000, 1, 4)");

    assertThat(
            spark
                .sql(
                    "SELECT count(*), count(indices), count_if(indices = array(array(wanted))) FROM"
                        + " (SELECT wanted, boxwright.token_indices(model, prompt, phrases) indices"
                        + " FROM prompts)")
                .first()
                .mkString(","))
        .isEqualTo("1000,999,999");
  }

  @Test
  void equalCallsAreEqualForSpark() {
    String call = "boxwright.token_indices('shapes', prompt, array('circle'))";

    assertThat(
            spark
                .sql(
                    "SELECT to_json(%s), count(*) FROM VALUES ('a circle'), ('red circle') AS t"
                            .formatted(call)
                        + " (prompt) GROUP BY %s".formatted(call))
                .first()
                .mkString(","))
        .isEqualTo("[[2]],2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "array('dog')         | phrase 'dog' does not occur in prompt 'a circle'",
        "array('circle', '')  | phrase '' is empty",
        "array('a', NULL)     | Invalid phrases[1]: it is null",
        "array(NULL)          | Invalid phrases[0]: it is null",
        "array(repeat('a', 1001)) | Invalid phrases[0]: 1001 characters, the limit is 1000",
        "array_repeat('a', 501)   | Invalid phrases: 501 phrases, the limit is 500"
      })
  void whatIsWrongIsSaidInTheWordsOfTheJob(String phrases, String message) {
    assertThat(catchFailure(() -> findIndices("'shapes', 'a circle', " + phrases)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aPromptThatIsTooLongIsRefused() {
    assertThat(catchFailure(() -> findIndices("'shapes', repeat('a', 10001), array('a')")))
        .hasMessage("Invalid prompt: 10001 characters, the limit is 10000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'shapes', 'a circle', 'circle'",
        "'shapes', 'a circle', array(1)",
        "'shapes', 1, array('circle')",
        "'shapes', 'a circle'",
        "'shapes', 'a circle', array('circle'), 1"
      })
  void wrongArgumentsAreRefusedWithWhatTheFunctionTakes(String arguments) {
    assertThatThrownBy(() -> findIndices(arguments))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContainingAll(
            "token_indices", "it takes (model STRING, prompt STRING, phrases ARRAY<STRING>)");
  }

  @Test
  void aModelIsReadOnceAndAFailureIsNotRemembered() throws Exception {
    Path model = folder.resolve("model");
    String arguments = "'%s', 'a cat', array('cat')".formatted(model);

    assertThat(catchFailure(() -> findIndices(arguments)))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(model + ": it is not a folder");
    ModelCopy.of(Fixtures.sd1(), model);
    assertThat(findIndices(arguments)).isEqualTo("[[2]]");
    Utils.deleteQuietly(model);
    assertThat(findIndices(arguments)).isEqualTo("[[2]]");
  }
}
