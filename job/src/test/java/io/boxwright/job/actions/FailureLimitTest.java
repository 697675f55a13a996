package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.testing.FailingLoader;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.SharedSpark;
import io.boxwright.testing.TinyModel;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailureLimitTest extends SharedSpark {

  @TempDir private Path folder;

  private GenerateImages action(String query) {
    GuidedImageGenerator generator =
        new GuidedImageGenerator()
            .setModelUrl(TinyModel.FOLDER.toString())
            .setDeviceType(DeviceType.CPU)
            .setBatchSize(1)
            .setPipelineLoader(new FailingLoader());
    return new GenerateImages(spark, generator)
        .input(LocalSpark.table(spark, folder.resolve("prompts"), query))
        .output(folder.resolve("out").toString());
  }

  @Test
  void aRunInWhichEverythingFailsIsGivenUpEarly() {
    GenerateImages action = action("select 'a cat' prompt from range(5000)");

    assertThatThrownBy(action::execute)
        .isInstanceOf(JobFailedException.class)
        .hasMessageMatching(
            "(?s)Cannot make the images: \\d+ of \\d+ images failed, more than 5.0 %, see"
                + " --max-failed-share. The most common errors:\\s+\\d+ "
                + " java.lang.IllegalStateException: device lost\\R"
                + "Finished chunks stay: \\d+ of 1250; to go on: boxwright generate");
  }

  @Test
  void rowsThatAreWrongThemselvesDoNotCount() {
    String wrong = "select '' prompt, repeat('x', if(id < 9, 5000, 1)) id from range(50)";

    assertThat(action(wrong).execute().summary().failed()).isEqualTo(50);
  }

  @Test
  void aFewFailuresAreBadLuck() {
    String fewest =
        "select 'a cat' prompt from range(%d)".formatted(FailureLimit.LEAST_FAILURES - 1);

    assertThat(action(fewest).execute().summary().images())
        .isEqualTo(FailureLimit.LEAST_FAILURES - 1);
  }

  @Test
  void aShareOfOneMeansNever() {
    assertThat(
            action("select 'a cat' prompt from range(60)")
                .maxFailedShare(1)
                .execute()
                .summary()
                .failed())
        .isEqualTo(60);
  }

  @Test
  void sharesOutsideTheirRangeAreRefused() {
    GenerateImages action = action("select 'a cat' prompt");

    assertThatThrownBy(() -> action.maxFailedShare(1.5))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("1.5");
  }
}
