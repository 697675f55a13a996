package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.StubPipeline;
import io.boxwright.udf.executor.DeviceType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WatchdogTest {

  private static final CountDownLatch NEVER = new CountDownLatch(1);

  private static SparkSession spark;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.session();
  }

  @AfterAll
  static void stopSpark() {
    NEVER.countDown(); // Spark waits for its threads
    spark.stop();
  }

  private static Dataset<Row> images(Duration timeout, String query) {
    return new GuidedImageGenerator()
        .setModelUrl("stub of " + query) // a pipeline that hangs serves no other test
        .setDeviceType(DeviceType.CPU)
        .setPipelineLoader(new HangingLoader())
        .setBatchTimeout(timeout)
        .generate(spark.sql(query));
  }

  @Test
  void aBatchThatHangsFailsALocalJobAndNamesItsRows() {
    Dataset<Row> images = images(Duration.ofSeconds(2), "select 'hang' prompt, 'row 7' id");

    assertThatThrownBy(images::collectAsList)
        .hasStackTraceContaining("A batch took more than 2 s, rows [row 7]: see --batch-timeout");
  }

  @Test
  void aBatchInTimeIsLeftAlone() {
    Dataset<Row> images = images(Duration.ofMinutes(1), "select 'a cat' prompt");

    assertThat(images.collectAsList()).hasSize(1);
  }

  /** A loader of a stub that hangs. Like a native call, it cannot be interrupted. */
  private static final class HangingLoader extends StubPipeline.Loader {

    private static final long serialVersionUID = 1;

    @Override
    public ImagePipeline load(Path folder, PretrainedOptions options) {
      return new StubPipeline(
          requests -> {
            if (requests.get(0).prompt().equals("hang")) {
              awaitUninterruptibly();
            }
          });
    }

    private static void awaitUninterruptibly() {
      while (true) {
        try {
          NEVER.await();
          return;
        } catch (InterruptedException e) {
          // A native call would not notice either.
        }
      }
    }
  }
}
