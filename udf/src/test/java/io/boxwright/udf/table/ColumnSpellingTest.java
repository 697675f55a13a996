package io.boxwright.udf.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnSpellingTest {

  private static List<String> table(String... columns) {
    return Stream.concat(Stream.of("prompt"), Stream.of(columns)).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "seeds, seed",
    "'Seed ', seed",
    "'ID ', id",
    "ids, id",
    "negative, negative_prompt",
    "negativePrompt, negative_prompt",
    "neg_prompt, negative_prompt",
    "negativ_prompt, negative_prompt",
    "prompts, prompt",
    "promt, prompt"
  })
  void almostTheNameOfAColumnThatIsNotThereIsAWarning(String column, String ours) {
    assertThat(ColumnSpelling.check(List.of(column)).get(column))
        .endsWith(
            " is not read; did you mean %s? Rename it to that, or to something less like it"
                .formatted(ours))
        .containsPattern(column.contains(" ") ? "column '.+' is" : "column [^' ]+ is");
    assertThat(ColumnSpelling.check(List.of(column, ours))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "boxes, bboxes",
    "bbox, bboxes",
    "'bboxes ', bboxes",
    "bounding_boxes, bboxes",
    "phrase, phrases",
    "' phrases', phrases",
    "token-indices, token_indices",
    "tokenIndices, token_indices",
    "token_indicies, token_indices"
  })
  void aLayoutIsNotLostBecauseOfAName(String column, String ours) {
    assertThatThrownBy(() -> ColumnSpelling.check(table(column)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Invalid columns: column ")
        .hasMessageContaining("did you mean %s?".formatted(ours));
    assertThat(ColumnSpelling.check(table(column, ours))).isEmpty();
  }

  @Test
  void aLayoutThatIsThereLosesNothing() {
    assertThat(ColumnSpelling.check(table("bboxes", "token_indices", "phrase")))
        .containsOnlyKeys("phrase");
    assertThat(ColumnSpelling.check(table("bboxes", "phrases", "token_index")))
        .containsOnlyKeys("token_index");
  }

  @Test
  void otherNamesAreNoneOfOurBusiness() {
    assertThat(
            ColumnSpelling.check(
                table(
                    "feed",
                    "need",
                    "speed",
                    "i",
                    "it",
                    "source",
                    "caption",
                    "tokens",
                    "objects",
                    "inbox",
                    "",
                    "negatives_mined",
                    "prompt_id",
                    "seed_group",
                    "idx",
                    "uid")))
        .isEqualTo(Map.of());
  }

  @Test
  void theSchemaNamesTheColumnThatWasMeant() {
    StructType schema =
        new StructType()
            .add("prompt", DataTypes.StringType)
            .add("phrases", DataTypes.createArrayType(DataTypes.StringType))
            .add(
                "bbox", DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.DoubleType)));

    assertThatThrownBy(() -> PromptSchema.of(schema))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("column bbox is not read; did you mean bboxes?");
    assertThatThrownBy(() -> PromptSchema.of(new StructType().add("Prompt ", DataTypes.StringType)))
        .hasMessage("Invalid prompt column: it is missing; the table has 'Prompt '");
  }
}
