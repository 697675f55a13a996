package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The help of commands. */
class HelpTest extends CommandRuns {

  @Test
  void helpSaysWhatOptionsMean() {
    assertThat(run("generate", "--help")).isEqualTo(ExitCode.OK);
    assertThat(out.toString())
        .contains("--batch-size=N", "Default: 8", "token_indices", "Exit code 0")
        .contains("--save-attention[=true|false]")
        .doesNotContain("pipeline-loader", "Defaults that Spark's settings give");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"import", "generate", "evaluate", "demo", "status", "verify", "tokens", "bench"})
  void helpAndVersionStandBehindAllOtherOptions(String command) {
    assertThat(run(command, "--help")).isEqualTo(ExitCode.OK);

    assertThat(out.toString().lines().filter(line -> line.matches("( {6}|  -., )--.*|  -., .*")))
        .endsWith(
            out.toString().lines().filter(line -> line.startsWith("  -h, --help ")).findAny().get(),
            out.toString()
                .lines()
                .filter(line -> line.startsWith("  -V, --version "))
                .findAny()
                .get());
  }

  @Test
  void helpSaysWhichDefaultsAreThoseOfSparksSettings() {
    conf.set("spark.boxwright.device", "cpu").set("spark.boxwright.scheduler", "100%d\u001b");

    assertThat(run("generate", "--help")).isEqualTo(ExitCode.OK);

    assertThat(out.toString().lines())
        .contains("Defaults that Spark's settings give: --device=cpu, --scheduler=100%d\\u001B.");
  }
}
