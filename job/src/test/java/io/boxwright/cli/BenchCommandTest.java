package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code boxwright bench}. */
class BenchCommandTest extends CommandRuns {

  private int bench(String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "bench",
                "--model=random:tiny",
                "--model-cache=" + folder.resolve("cache"),
                "--device=cpu",
                "--batch-size=1",
                "--steps=1",
                "--max-guidance-steps=1",
                "--max-iterations-per-step=1",
                "--warmups=0",
                "--repetitions=1"));
    arguments.addAll(List.of(options));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void benchPrintsATableAndWritesJson() throws Exception {
    Path file = folder.resolve("bench.json");

    assertThat(bench("--json", file.toString())).isEqualTo(ExitCode.OK);

    assertThat(out.toString().lines())
        .anyMatch(line -> line.matches("random:tiny on cpu.*, float32"))
        .anyMatch(line -> line.matches("[0-9.]+ images a second: 1 in [0-9.]+ s .median of 1."))
        .anyMatch(line -> line.matches(" +guidance pass +[0-9.]+ +[0-9.]+ +[0-9.]+"))
        .anyMatch(line -> line.matches(" +denoise +[0-9.]+ +[0-9.]+%"));
    assertThat(Files.readString(file))
        .contains("\"model\" : \"random:tiny\"", "\"batch_size\" : 1", "\"images_per_second\" : ")
        .contains("\"guidance_pass\" : {", "\"share_outside_unet\" : ", "\"load_seconds\" : ")
        .doesNotContain("null", "peak_device_bytes");
  }

  @Test
  void benchPrintsNothingButJsonWhenAskedTo() {
    assertThat(bench("--json=-")).isEqualTo(ExitCode.OK);

    assertThat(out.toString().strip()).startsWith("{").endsWith("}");
    assertThat(err.toString()).contains("Batch 1 of 1");
    assertThat(err.toString().lines())
        .first()
        .isEqualTo("Batches of 1 image, 1 step: 0 warm-up, 1 timed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "none/bench.json"})
  void benchRefusesAFileThatCannotBeWrittenBeforeItMeasures(String file) {
    String json = folder.resolve(file).toString();

    assertRefused(bench("--json", json), "Invalid file for --json: " + json);
    assertThat(err.toString()).doesNotContain("Batches of");
  }

  @Test
  void benchRefusesModelsAndNumbersThatCannotBe() {
    assertRefused(
        run("bench", "--model=random:tiny", "--repetitions=0"),
        "repetitions is 0",
        "See boxwright bench --help");
    assertRefused(
        run("bench", "--model=random:sd3"), "There is no model random:sd3", "random:sd15");
    assertRefused(bench("--height=7"), "height is 7, it must be a multiple of 8");
    assertRefused(bench("--detector=owl"), "Unknown detector owl");
    assertRefused(
        bench("--detector=random:owl"),
        "There is no detector random:owl",
        "random:owlvit-base-patch32",
        "random:clip-vit-large-patch14");
  }
}
