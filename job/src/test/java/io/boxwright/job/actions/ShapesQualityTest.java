package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.loading.BuiltInModel;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.job.report.Comparison;
import io.boxwright.job.report.RunSummary;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.SharedSpark;
import io.boxwright.torch.LibTorch;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether guidance does what it is for: the built-in model with its own guidance, on the first rows
 * of the test split, scored by a detector that reads pixels. The card in {@code datasets/shapes}
 * has the figures of all rows.
 */
class ShapesQualityTest extends SharedSpark {

  private static final int ROWS = 2;
  private static final String PROMPTS = Path.of("../datasets/shapes/prompts.parquet").toString();

  @TempDir private Path folder;

  @BeforeAll
  static void useAllCores() {
    LibTorch.setNumThreads(Runtime.getRuntime().availableProcessors());
  }

  @AfterAll
  static void useOneCore() {
    LibTorch.setNumThreads(1);
  }

  @Test
  void guidedObjectsAreInTheirBoxesAndStillWhatThePromptSays() {
    String rows =
        "select * from parquet.`%s` where split = 'test' order by id limit %d"
            .formatted(PROMPTS, ROWS);
    GuidedImageGenerator generator =
        new GuidedImageGenerator()
            .setModelUrl(BuiltInModel.NAME)
            .setDeviceType(DeviceType.CPU)
            .setDetector("shapes")
            .setBatchSize(2)
            .setOptions(GenerationOptions.defaults().withNumInferenceSteps(30));

    Comparison comparison =
        new CompareGuidance(spark, generator)
            .input(LocalSpark.table(spark, folder.resolve("prompts"), rows))
            .output(folder.resolve("out").toString())
            .execute();

    RunSummary unguided = comparison.unguided().summary();
    assertThat(mean(unguided, "detection", "found")).isGreaterThanOrEqualTo(0.95);
    assertThat(mean(unguided, "detection", "centre_in_box")).isLessThanOrEqualTo(0.35);
    RunSummary guided = comparison.guided().summary();
    assertThat(guided.images()).isEqualTo(ROWS);
    assertThat(mean(guided, "detection", "found")).isGreaterThanOrEqualTo(0.95);
    assertThat(mean(guided, "detection", "right")).isGreaterThanOrEqualTo(0.90);
    assertThat(mean(guided, "detection", "centre_in_box")).isGreaterThanOrEqualTo(0.90);
    assertThat(mean(guided, "detection", "iou")).isGreaterThanOrEqualTo(0.55);
    assertThat(mean(guided, "adherence", "held_out.lift")).isGreaterThanOrEqualTo(2);
  }

  private static double mean(RunSummary summary, String group, String path) {
    return summary.scores(group).orElseThrow().means().get(path);
  }
}
