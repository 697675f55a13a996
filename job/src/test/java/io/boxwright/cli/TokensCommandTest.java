package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.Checkpoints;
import io.boxwright.testing.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.lang3.ArrayUtils;
import org.junit.jupiter.api.Test;

/** The command {@code boxwright tokens}. */
class TokensCommandTest extends CommandRuns {

  @Test
  void tokensPrintsIndexAndToken() {
    assertThat(run("tokens", "--model", TinyModel.FOLDER.toString(), "a red circle"))
        .isEqualTo(ExitCode.OK);
    assertThat(out.toString().lines())
        .contains("  2  red</w>")
        .last()
        .asString()
        .contains("endoftext");
  }

  @Test
  void theBuiltInModelNeedsNoPath() {
    assertThat(run("tokens", "--model", "shapes", "a red circle")).isEqualTo(ExitCode.OK);
    assertThat(out.toString().lines()).contains("  2  red</w>");
  }

  @Test
  void aSingleFileHasTheTokenizerOfAFolder() throws Exception {
    Path file = Checkpoints.of("tiny-sd15").writeHeader(folder.resolve("model.safetensors"));
    String cache = folder.resolve("cache").toString();
    String[] command = {"tokens", "--model", file.toString(), "--model-cache", cache, "a circle"};

    assertOneLine(run(command), "give the folder with vocab.json and merges.txt of its base model");

    String tokenizer = TinyModel.FOLDER.resolve("tokenizer").toString();
    assertThat(run(ArrayUtils.addAll(command, "--tokenizer", tokenizer))).isEqualTo(ExitCode.OK);
    assertThat(out.toString().lines()).contains("  1  a</w>");

    TinyModel.copyTo(folder.resolve("model"));
    assertThat(run(command)).isEqualTo(ExitCode.OK);
  }

  @Test
  void tokensSaysWhereAPromptIsCut() {
    assertThat(run("tokens", "--model", TinyModel.FOLDER.toString(), "a ".repeat(75) + "Cat"))
        .isEqualTo(ExitCode.OK);

    assertThat(err.toString().lines())
        .containsExactly("The prompt was cut to its first 75 tokens, without: cat");
    assertThat(out.toString()).hasLineCount(77);
  }

  @Test
  void tokensThatWouldMoveTheTerminalArePrintedEscaped() throws Exception {
    Path model = TinyModel.copyTo(folder.resolve("model")).folder();
    Files.delete(model.resolve("tokenizer/special_tokens_map.json"));
    Files.writeString(
        model.resolve("tokenizer/tokenizer_config.json"),
        "{\"bos_token\": \"\\u001b[2J\", \"added_tokens_decoder\":"
            + " {\"766\": {\"content\": \"\\u001b[2J\"}}}");

    assertThat(run("tokens", "--model", model.toString(), "a cat")).isEqualTo(ExitCode.OK);

    assertThat(out.toString().lines()).first().isEqualTo("  0  \\u001B[2J");
  }

  @Test
  void tokensOfAFolderThatIsNoModelAreRefused() {
    assertThat(run("tokens", "--model", folder.toString(), "a cat"))
        .isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("model_index.json");
  }
}
