package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonConfigTest {

  /** With a default and a value that is refused. */
  record Example(List<Integer> headDim, Double lowerBound, String betaSchedule) {
    Example {
      betaSchedule = betaSchedule == null ? "linear" : betaSchedule;
      if (betaSchedule.equals("wild")) {
        throw new IllegalArgumentException("beta_schedule wild is not supported");
      }
    }
  }

  @TempDir private Path folder;

  @Test
  void readsSnakeCaseKeysAndIgnoresOthers() throws IOException {
    assertThat(read("{\"head_dim\": [5, 10], \"lower_bound\": 1, \"unknown\": {}}"))
        .isEqualTo(new Example(List.of(5, 10), 1.0, "linear"));
  }

  @Test
  void readsASingleValueAsAListAndPythonsInfinity() throws IOException {
    assertThat(read("{\"head_dim\": 8, \"lower_bound\": -Infinity}"))
        .isEqualTo(new Example(List.of(8), Double.NEGATIVE_INFINITY, "linear"));
  }

  @Test
  void namesTheFileInEveryMessage() {
    assertThatThrownBy(() -> JsonConfig.read(folder.resolve("none.json"), Example.class))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage("Cannot read " + folder.resolve("none.json") + ": it does not exist");
    assertRefused("{\"beta_schedule\": \"wild\"}", "beta_schedule wild is not supported");
    assertRefused("{\"lower_bound\": \"low\"}", "lower_bound is \"low\", it must be a number");
    assertRefused("{\"head_dim\": ", "Unexpected end-of-input");
    assertRefused("", "it holds no JSON object");
    assertRefused("[1]", "it holds no JSON object");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'head_dim': [5, 2.7]}            | head_dim[1] is 2.7, it must be a whole number",
        "{'head_dim': 2.7}                 | head_dim is 2.7, it must be a whole number",
        "{'head_dim': [5, '10']}           | head_dim[1] is '10', it must be a whole number",
        "{'head_dim': [5, true]}           | head_dim[1] is true, it must be a whole number",
        "{'head_dim': [5, null]}           | head_dim[1] is null, it must be a whole number",
        "{'head_dim': [5, [6]]}            | head_dim[1] is [6], it must be a whole number",
        "{'head_dim': [5, 3000000000]}     | head_dim[1] is 3000000000, it must be a whole number"
            + " from -2147483648 to 2147483647",
        "{'head_dim': {'a': 1}}            | head_dim is {'a':1}, it must be ",
        "{'head_dim': NaN}                 | head_dim is ",
        "{'lower_bound': true}             | lower_bound is true, it must be a number",
        "{'lower_bound': [1]}              | lower_bound is [1], it must be a number",
        "{'beta_schedule': 5}              | beta_schedule is 5, it must be text",
        "{'beta_schedule': false}          | beta_schedule is false, it must be text",
        "{'beta_schedule': ['linear']}     | beta_schedule is ['linear'], it must be text",
        "{'lower_bound': 1, 'lower_bound': 2} | Duplicate field 'lower_bound' (line 1, ",
        "{'lower_bound': 1} {}             | there is more after its JSON",
      },
      quoteCharacter = '`')
  void convertsNothingAndNamesWhatIsWrongByItsPath(String json, String problem) {
    assertRefused(
        json.replace('\'', '"'),
        problem.startsWith("Duplicate") ? problem : problem.replace('\'', '"'));
  }

  @Test
  void refusesNestingWithoutEnd() {
    for (String open : List.of("[", "{\"a\":")) {
      assertThatThrownBy(() -> read("{\"unknown\": " + open.repeat(100_000)))
          .isInstanceOf(ModelLoadingException.class)
          .hasMessageContaining("config.json")
          .hasMessageContaining("nesting depth");
    }
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Path file = Files.write(folder.resolve("config.json"), new byte[] {'{', (byte) 0xC3, '}'});

    assertThatThrownBy(() -> JsonConfig.read(file, Example.class))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage("Cannot read " + file + ": it is not UTF-8 text");
  }

  @Test
  void showsControlCharactersEscapedAndLongValuesShortened() {
    assertRefused(
        "{\"beta_schedule\": [\"\\u001b[31m\u202E\"]}",
        "beta_schedule is [\"\\u001B[31m\\u202E\"], it must be text");
    assertThatThrownBy(() -> read("{\"lower_bound\": \"%s\"}".formatted("x".repeat(5000))))
        .hasMessageMatching("Cannot read .*: lower_bound is \"x+…x+\", it must be a number");
  }

  @Test
  void refusesOtherValuesOfFixedKeys() throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), "{\"scale\": 1, \"bias\": true}");

    assertThat(JsonConfig.read(file, Example.class, Map.of("scale", "1.0", "absent", "null")))
        .isEqualTo(new Example(null, null, "linear"));
    assertThatThrownBy(() -> JsonConfig.read(file, Example.class, Map.of("bias", "false")))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage("Cannot read " + file + ": bias = true is not supported, only false");
  }

  private void assertRefused(String json, String problem) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageStartingWith("Cannot read " + folder.resolve("config.json") + ": " + problem);
  }

  private Example read(String json) throws IOException {
    return JsonConfig.read(Files.writeString(folder.resolve("config.json"), json), Example.class);
  }
}
