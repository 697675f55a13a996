package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.job.input.SparkVersion;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

  @Test
  void optionsOfGenerateStandInGroups() {
    assertThat(run("generate", "--help")).isEqualTo(ExitCode.OK);

    assertThat(out.toString().lines().filter(line -> line.matches("[A-Z][a-z]+:")))
        .containsExactly("Model:", "Table:", "Sampling:", "Guidance:", "Output:", "Cluster:");
    assertThat(out.toString())
        .containsSubsequence(
            "Model:", "--model=", "--lora=", "Table:", "--input=", "Sampling:", "--steps=")
        .containsSubsequence(
            "Guidance:", "--guidance=", "Output:", "--output=", "Cluster:", "--batch-timeout=")
        .containsOnlyOnce("      --model=MODEL ");
  }

  @Test
  void theVersionNamesWhatMakesTheImages() {
    assertThat(run("--version")).isEqualTo(ExitCode.OK);

    assertThat(out.toString())
        .matches(
            "boxwright \\(not packaged\\), spark %s, djl \\d+\\.\\d+\\.\\d+, pytorch \\d+\\.\\d+\\.\\d+\n"
                .formatted(Pattern.quote(SparkVersion.ofJar().spark())));
  }

  private static Set<String> commands() {
    return BoxwrightCommand.makeCommandLine(new SparkConf(false)).getSubcommands().keySet();
  }

  @ParameterizedTest
  @MethodSource("commands")
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
