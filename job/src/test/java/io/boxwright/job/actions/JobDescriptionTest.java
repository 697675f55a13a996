package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.job.input.SparkSettings;
import io.boxwright.testing.Runs;
import io.boxwright.testing.Spark;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.spark.SparkConf;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Spark's pages call jobs and the application. */
class JobDescriptionTest {

  private static final String KEY = "spark.job.description";

  @TempDir private Path folder;

  private static final class Descriptions extends SparkListener {

    private final Queue<String> texts = new ConcurrentLinkedQueue<>();

    @Override
    public void onJobStart(SparkListenerJobStart job) {
      texts.add(String.valueOf(job.properties().getProperty(KEY)));
    }
  }

  @Test
  void eachJobSaysWhatItIsForAndOthersKeepTheirs() throws Exception {
    Descriptions descriptions = new Descriptions();
    try (SparkSession spark = Spark.local()) {
      Runs runs = new Runs(spark, folder).withPrompts();
      spark.sparkContext().setJobDescription("mine");
      spark.sparkContext().addSparkListener(descriptions);

      runs.action().execute();
      runs.verify();

      assertThat(spark.sparkContext().getLocalProperty(KEY)).isEqualTo("mine");
    } // which waits for the listener

    assertThat(descriptions.texts)
        .allMatch(text -> text.matches("(Prompts|Plan|Images|Report|Verify): .*"))
        .anyMatch(text -> text.startsWith("Prompts: read and check " + folder))
        .anyMatch(text -> text.startsWith("Images: 5 of 5 chunks, "))
        .anyMatch(text -> text.startsWith("Report: "))
        .anyMatch(text -> text.startsWith("Verify: "));
  }

  @Test
  void theApplicationIsCalledByItsCommandUnlessTheSettingsNameIt() {
    SparkConf conf = new SparkConf(false).set("spark.app.name", "io.boxwright.Main");
    SparkSettings.name(conf, "boxwright generate out", "io.boxwright.Main");
    assertThat(conf.get("spark.app.name")).isEqualTo("boxwright generate out");

    conf.set("spark.app.name", "nightly");
    SparkSettings.name(conf, "boxwright generate out", "io.boxwright.Main");
    assertThat(conf.get("spark.app.name")).isEqualTo("nightly");
  }
}
