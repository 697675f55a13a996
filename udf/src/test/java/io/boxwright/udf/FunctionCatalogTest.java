package io.boxwright.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.testing.Fixtures;
import io.boxwright.testing.ModelCopy;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.analysis.NoSuchNamespaceException;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.junit.jupiter.api.Test;

class FunctionCatalogTest extends SqlSession {

  private static String call(String function) {
    return select("SELECT to_json(%s('shapes', 'a circle', array('circle')))".formatted(function));
  }

  @Test
  void aSettingOfARunningSessionIsEnough() {
    spark.sql("SET spark.sql.catalog.other = " + FunctionCatalog.class.getName());

    assertThat(call("other.token_indices")).isEqualTo("[[2]]");
  }

  @Test
  void namesMayBeInAnyCase() {
    assertThat(call("boxwright.TOKEN_INDICES")).isEqualTo("[[2]]");
  }

  @Test
  void otherNamesAreRefused() {
    for (String name : new String[] {"boxwright.index", "boxwright.udf.token_indices"}) {
      assertThatThrownBy(() -> call(name))
          .isInstanceOf(AnalysisException.class)
          .hasMessageContaining(name.substring(name.lastIndexOf('.') + 1));
    }
  }

  @Test
  void modelsAreCopiedIntoTheModelCache() throws Exception {
    ModelCopy.of(Fixtures.sd1(), folder.resolve("tiny"));

    spark
        .sql(
            "SELECT boxwright.token_indices('file://%s', 'a cat', array('cat'))"
                .formatted(folder.resolve("tiny")))
        .collect();

    assertThat(folder.resolve("cache").toFile().list()).anyMatch(name -> name.startsWith("tiny-"));
  }

  @Test
  void listsItsFunctions() {
    assertThat(spark.sql("SHOW USER FUNCTIONS IN boxwright").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrder(
            "boxwright.tokens",
            "boxwright.token_indices",
            "boxwright.box_iou",
            "boxwright.box_convert",
            "boxwright.image_size",
            "boxwright.draw_boxes",
            "boxwright.adherence",
            "boxwright.detect_objects");
  }

  @Test
  void aCallWithoutArgumentsIsAnsweredWithWhatTheFunctionTakesAndGives() {
    assertThatThrownBy(() -> spark.sql("SELECT boxwright.box_iou()"))
        .isInstanceOf(AnalysisException.class)
        .hasMessageContaining(
            "it takes (a ARRAY<DOUBLE>, b ARRAY<DOUBLE>). The area that both boxes cover");
  }

  @Test
  void aModelCacheIsThePathOfAFolder() {
    for (String wrong : List.of("", "a\0b")) {
      assertThatThrownBy(
              () ->
                  new FunctionCatalog()
                      .initialize(
                          "boxwright", new CaseInsensitiveStringMap(Map.of("model-cache", wrong))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("Invalid model-cache: ")
          .hasMessageEndingWith(", it must be the path of a folder");
    }
  }

  @Test
  void describesItsFunctions() throws Exception {
    FunctionCatalog catalog = new FunctionCatalog();
    catalog.initialize("boxwright", CaseInsensitiveStringMap.empty());

    assertThat(catalog.name()).isEqualTo("boxwright");
    assertThat(catalog.loadFunction(Identifier.of(new String[0], "box_iou")).description())
        .startsWith("box_iou(a ARRAY<DOUBLE>, b ARRAY<DOUBLE>): DOUBLE. The area that both boxes");
    assertThat(catalog.loadFunction(Identifier.of(new String[0], "draw_boxes")).description())
        .contains("labels ARRAY<STRING>): BINARY.", "boxes ARRAY<ARRAY<DOUBLE>>): BINARY.");
    assertThatThrownBy(() -> catalog.listFunctions(new String[] {"udf"}))
        .isInstanceOf(NoSuchNamespaceException.class);
  }
}
