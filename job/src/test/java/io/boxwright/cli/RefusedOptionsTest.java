package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands and options that are refused before a model is loaded. */
class RefusedOptionsTest extends CommandRuns {

  @Test
  void missingOptionsAreRefused() {
    assertRefused(run("generate", "--model", "m"), "--input", "See boxwright generate --help");
  }

  @ParameterizedTest
  @CsvSource({
    "generate --step 5, Unknown option: '--step'; did you mean --steps?",
    "generate --modle m, Unknown option: '--modle'; did you mean --model?",
    "generate --heigth=64, Unknown option: '--heigth=64'; did you mean --height?",
    "genrate --input x, Unknown command: 'genrate'; did you mean generate?",
    "status out there, Unexpected argument: 'there'"
  })
  void misspeltOptionsAndCommandsAreNamedWithWhatWasMeant(String arguments, String message) {
    assertThat(run(arguments.split(" "))).isEqualTo(ExitCode.INVALID_INPUT);

    assertThat(err.toString().lines().toList())
        .hasSize(2)
        .startsWith(message)
        .last()
        .asString()
        .startsWith("See boxwright");
  }

  @ParameterizedTest
  @CsvSource({
    "--eta, nan, 'nan, it must be a number'",
    "--loss-scale, much, 'much, it must be a number'",
    "--batch-timeout, 5 minutes, '5 minutes, it must be a duration such as 90s or 10m'",
    "--batch-timeout, -1, 'Invalid batch timeout: -1 s, it must be at least 0'",
    "--steps, 5m, '5m, it must be a whole number'",
    "--timesteps, 999;5, '999;5, it must be a whole number'",
    "--sigmas, x, 'x, it must be a number'",
    "--max-guidance-steps, 1.5, '1.5, it must be a whole number'",
    "--chunk-rows, 9999999999, '9999999999, it must be between '",
    "--save-attention=maybe, , 'maybe, it must be true or false'",
  })
  void valuesThatCannotBeAreRefusedInPlainWords(String option, String value, String message) {
    assertRefused(value == null ? generate(option) : generate(option, value), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--height",
        "--width",
        "--steps",
        "--deep-cache",
        "--num-images-per-prompt",
        "--chunk-rows"
      })
  void noneIsNotTheSameAsNotSaid(String option) {
    assertRefused(generate(option, "0"), "option '" + option + "'", ": 0, it must be at least 1");
    assertThat(generate(option, "-8")).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("-8, it must be at least 1");
  }

  @Test
  void anEmptyNameIsRefusedWithItsOption() {
    for (String option : List.of("--input", "--output", "--model", "--detector", "--model-cache")) {
      assertThat(generate(option, "")).isEqualTo(ExitCode.INVALID_INPUT);
      assertThat(err.toString())
          .contains("Invalid value for option '%s': it is empty".formatted(option));
    }
    assertThat(run("status", "")).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("(FOLDER): it is empty");
  }

  @Test
  void impossibleValuesAreRefused() {
    assertRefused(generate("--eta", "2"), "eta is 2.0");
    assertRefused(
        generate("--timesteps", "500,999"),
        "timesteps[1] is 999, it must be less than the one before it");
    assertRefused(
        generate("--timesteps", "999", "--sigmas", "9,0"), "timesteps and sigmas are both given");
  }

  @Test
  void unknownPresetsAreRefused() {
    assertRefused(generate("--guidance", "wild"), "Unknown guidance wild; there are paper, tflcg");
  }

  @Test
  void aFolderOfADetectorThatCannotBeUsedIsRefusedInOneLine() throws Exception {
    Path detector = Files.createDirectories(folder.resolve("detector"));
    Files.writeString(detector.resolve("config.json"), "{\"architectures\": [\"DetrModel\"]}");

    assertOneLine(
        generate("--detector", detector.toString()),
        "architectures in config.json is [DetrModel], there are detectors for"
            + " OwlViTForObjectDetection, Owlv2ForObjectDetection");
  }

  @Test
  void unknownDetectorsAreRefused() {
    assertRefused(generate("--detector", "owl"), "Unknown detector owl", "none, shapes");
    assertRefused(
        generate("--detector", "shapes", "--detector-threshold", "2"),
        "No effect without the folder of a detector: --detector-threshold");
  }

  @Test
  void anExecutorTimeoutIsADuration() {
    assertRefused(
        generate("--executor-timeout", "soon"), "soon, it must be a duration such as 90s or 10m");
    assertRefused(generate("--executor-timeout", "0"), "Invalid executor timeout: 0 s");
  }

  @Test
  void limitsAreNamedBeforeAnythingIsLoaded() {
    assertThat(run("tokens", "--model", "nowhere", "a".repeat(700_000)))
        .isEqualTo(ExitCode.INVALID_INPUT);
    assertRefused(
        generate("--num-images-per-prompt", "1000000000"),
        "Invalid prompt: 700000 characters, the limit is 10000",
        "Invalid number of images per prompt: 1000000000 images, the limit is 10000");
    assertRefused(
        generate("--batch-size", "1000000000"), "batch size: 1000000000, the limit is 1024");
    assertRefused(generate("--height", "1000000000"), "height is 1000000000, it must be between");
  }

  @Test
  void messagesDoNotSteerTheTerminal() {
    assertThat(generate("--batch-size", "\u001b[2J")).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("\\u001B[2J").doesNotContain("\u001b");
  }
}
