package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.job.report.Comparison;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.SharedSpark;
import io.boxwright.testing.TinyModel;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareGuidanceTest extends SharedSpark {

  private static final String PROMPTS =
      """
      select concat('row ', id) id, 'a red circle' prompt, array(array(0.1, 0.1, 0.6, 0.6)) bboxes,
             array(array(2, 3)) token_indices, id seed
      from range(2)
      """;

  @TempDir private Path folder;

  @Test
  void theSameImagesAreMadeWithoutGuidanceAndWithIt() throws Exception {
    Guidance guidance = BackwardGuidance.paper().with("max_iterations_per_step", 2);
    GuidedImageGenerator generator =
        new GuidedImageGenerator()
            .setModelUrl(TinyModel.FOLDER.toString())
            .setDeviceType(DeviceType.CPU)
            .setGuidance(guidance)
            .setOptions(GenerationOptions.defaults().withNumInferenceSteps(1).withSize(64, 64));
    StringWriter console = new StringWriter();

    Comparison comparison =
        new CompareGuidance(spark, generator)
            .input(LocalSpark.table(spark, folder.resolve("prompts"), PROMPTS))
            .output(folder.resolve("out").toString())
            .console(new PrintWriter(console))
            .execute();

    assertThat(updates("unguided")).containsExactly(null, null);
    assertThat(updates("guided")).containsExactly(2, 2);
    assertThat(comparison.unguided().summary().images()).isEqualTo(2);
    assertThat(comparison.guided().summary().scores("adherence").orElseThrow().images())
        .isEqualTo(2);
    assertThat(console.toString()).containsSubsequence("unguided", "2/2", "guided", "2/2");
    BufferedImage sheet = ImageIO.read(Path.of(comparison.contactSheet().orElseThrow()).toFile());
    assertThat(sheet.getWidth()).isEqualTo(2 * 264 + 8);
    assertThat(sheet.getHeight()).isGreaterThanOrEqualTo(2 * 264 + 8);
    assertThat(Path.of(comparison.report().orElseThrow())).isRegularFile();
  }

  private List<Integer> updates(String run) {
    return spark
        .read()
        .parquet(folder.resolve("out").resolve(run).resolve("images").toString())
        .select("guidance.guidance_iterations")
        .collectAsList()
        .stream()
        .map((Row row) -> row.<Integer>getAs(0))
        .toList();
  }
}
