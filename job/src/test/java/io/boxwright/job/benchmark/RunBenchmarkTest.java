package io.boxwright.job.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.boxwright.diffusion.models.UNet2DConditionConfig;
import io.boxwright.diffusion.models.UNetFlops;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.report.BenchmarkResult;
import io.boxwright.job.report.BenchmarkResult.Pass;
import io.boxwright.udf.executor.ModelFolder;
import io.boxwright.udf.generate.BatchSize;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is counted and how numbers hang together; not how fast anything is. */
class RunBenchmarkTest {

  private static final GenerationOptions OPTIONS =
      GenerationOptions.defaults()
          .withSize(64, 128)
          .withNumInferenceSteps(2)
          .withScheduler("EulerDiscreteScheduler");

  private final StringWriter console = new StringWriter();

  @TempDir private Path cache;

  private BenchmarkResult run(BenchmarkSettings settings) {
    return run(settings, Optional.empty());
  }

  private BenchmarkResult run(BenchmarkSettings settings, Optional<BenchmarkDetector> detector) {
    return new RunBenchmark(model(), settings, detector, new PrintWriter(console, true)).execute();
  }

  private BenchmarkModel model() {
    return BenchmarkModel.of(ModelFolder.of("random:tiny", cache), PretrainedOptions.cpu());
  }

  private UNetFlops flops(int height, int width) {
    Path unet = model().folder().resolve("unet");
    return new UNetFlops(UNet2DConditionConfig.read(unet), height, width, 77);
  }

  @Test
  void batchesAreTimedAfterWarmUpsAndSaidToBe() {
    BenchmarkResult result = run(new BenchmarkSettings(OPTIONS, BatchSize.of(2), 1, 1, 1, 2));

    assertThat(result.seconds()).hasSize(2).allMatch(seconds -> seconds > 0);
    assertThat(result.medianSeconds())
        .isEqualTo((result.seconds().get(0) + result.seconds().get(1)) / 2);
    assertThat(result.imagesPerSecond()).isEqualTo(2 / result.medianSeconds());
    assertThat(console.toString().lines().map(line -> line.replaceAll("[0-9.]+ s$", "N s")))
        .containsExactly(
            "Batches of 2 images, 2 steps: 1 warm-up, 2 timed",
            "Loaded random:tiny in N s",
            "Warm-up 1 of 1: N s",
            "Batch 1 of 2: N s",
            "Batch 2 of 2: N s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"owlvit", "clip"})
  void aDetectorLooksAtTheImagesAndItsTimeIsKeptApart(String name) {
    Path folder = Path.of("..", "udf", "src/test/resources/fixtures/detectors", name);
    BenchmarkDetector detector = BenchmarkDetector.of(folder.toString(), cache);

    BenchmarkResult result =
        run(new BenchmarkSettings(OPTIONS, BatchSize.of(1), 1, 1, 0, 1), Optional.of(detector));

    assertThat(result.detection().name()).isEqualTo(folder.toString());
    assertThat(result.detection().seconds()).isPositive();
    assertThat(result.detection().share())
        .isEqualTo(result.detection().seconds() / result.medianSeconds());
    assertThat(result.stages()).doesNotContainKey("detect");
  }

  @Test
  void withoutADetectorNothingLooksAtTheImages() {
    assertThat(run(new BenchmarkSettings(OPTIONS, BatchSize.of(1), 1, 1, 0, 1)).detection())
        .isNull();
  }

  @Test
  void theSetupSaysWhatWasMeasured() {
    BenchmarkResult.Setup setup =
        run(new BenchmarkSettings(OPTIONS, BatchSize.of(1), 9, 1, 0, 1)).setup();

    assertThat(setup.model()).isEqualTo("random:tiny");
    assertThat(setup.device()).isEqualTo("cpu");
    assertThat(setup.dtype()).isEqualTo("float32");
    assertThat(setup.scheduler()).isEqualTo("EulerDiscreteScheduler");
    assertThat(setup.predictions()).isEqualTo(2);
    assertThat(setup.guidanceSteps()).as("no more than there are").isEqualTo(2);
    assertThat(setup.width()).isEqualTo(128);
    assertThat(setup.height()).isEqualTo(64);
  }

  @Test
  void stagesAreThePartsOfABatch() {
    BenchmarkResult result = run(new BenchmarkSettings(OPTIONS, BatchSize.of(2), 1, 2, 0, 1));

    assertThat(result.stages())
        .containsOnlyKeys(
            "encode", "guide", "denoise", "schedule", "score", "decode", "check", "png", "write");
    assertThat(result.stages().get("check")).as("without a safety checker").isZero();
    assertThat(result.stages())
        .allSatisfy((stage, seconds) -> assertThat(seconds > 0).isEqualTo(!stage.equals("check")));
    double sum = result.stages().values().stream().mapToDouble(Double::doubleValue).sum();
    assertThat(sum)
        .isLessThanOrEqualTo(result.medianSeconds())
        .isGreaterThan(0.8 * result.medianSeconds());
    double unet = result.stages().get("guide") + result.stages().get("denoise");
    assertThat(result.shareOutsideUnet())
        .isCloseTo(1 - unet / result.medianSeconds(), within(1e-9));
  }

  @Test
  void passesAreDividedByTheirSamplesAndHaveTheirOperations() {
    BenchmarkResult result = run(new BenchmarkSettings(OPTIONS, BatchSize.of(3), 1, 2, 0, 1));

    UNetFlops flops = flops(8, 16);
    String last = "up_blocks.1.attentions.1.transformer_blocks.0.attn2";
    Pass guidance = result.guidancePass();
    Pass denoise = result.denoisePass();
    assertThat(guidance.millisecondsPerSample())
        .as("3 rows, 1 step, 2 iterations")
        .isCloseTo(result.stages().get("guide") * 1000 / 6, within(1e-6));
    assertThat(denoise.millisecondsPerSample())
        .as("3 rows, 2 steps")
        .isCloseTo(result.stages().get("denoise") * 1000 / 6, within(1e-6));
    assertThat(guidance.gflopPerSample())
        .isEqualTo((flops.forwardTo(last) + flops.backwardFrom(last)) / 1e9);
    assertThat(denoise.gflopPerSample())
        .as("with the prompt and without")
        .isEqualTo(2 * flops.forward() / 1e9);
    assertThat(guidance.tflops())
        .isCloseTo(guidance.gflopPerSample() / guidance.millisecondsPerSample(), within(1e-9));
    assertThat(result.tflops())
        .isBetween(
            Math.min(guidance.tflops(), denoise.tflops()),
            Math.max(guidance.tflops(), denoise.tflops()));
  }

  @Test
  void withoutGuidanceThereIsNoGuidancePass() {
    GenerationOptions plain = OPTIONS.withGuidanceScale(1);

    BenchmarkResult result = run(new BenchmarkSettings(plain, BatchSize.of(1), 0, 1, 0, 1));

    assertThat(result.guidancePass()).isNull();
    assertThat(result.setup().guidanceSteps()).isZero();
    assertThat(result.denoisePass().gflopPerSample()).isEqualTo(flops(8, 16).forward() / 1e9);
  }

  @Test
  void anImpossibleSizeIsRefused() {
    BenchmarkSettings settings =
        new BenchmarkSettings(OPTIONS.withSize(63, 64), BatchSize.of(1), 1, 1, 0, 1);

    assertThatThrownBy(() -> run(settings))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("height is 63");
  }
}
