package io.boxwright.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    assertRefused("{\"lower_bound\": \"low\"}", "lower_bound: Cannot deserialize");
    assertRefused("{\"head_dim\": ", "Unexpected end-of-input");
    assertRefused("", "it holds no JSON object");
    assertRefused("[1]", "it holds no JSON object");
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
