package io.boxwright.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.testing.Fixtures;
import io.boxwright.testing.ModelCopy;
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
    for (String name : new String[] {"boxwright.tokens", "boxwright.udf.token_indices"}) {
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
  void listsItsFunctions() throws Exception {
    FunctionCatalog catalog = new FunctionCatalog();
    catalog.initialize("boxwright", CaseInsensitiveStringMap.empty());

    assertThat(catalog.name()).isEqualTo("boxwright");
    assertThat(catalog.listFunctions(new String[0]))
        .extracting(Identifier::name)
        .containsExactly("token_indices", "draw_boxes");
    assertThat(catalog.loadFunction(catalog.listFunctions(new String[0])[0]).description())
        .isEqualTo("token_indices(model STRING, prompt STRING, phrases ARRAY<STRING>)");
    assertThatThrownBy(() -> catalog.listFunctions(new String[] {"udf"}))
        .isInstanceOf(NoSuchNamespaceException.class);
  }
}
