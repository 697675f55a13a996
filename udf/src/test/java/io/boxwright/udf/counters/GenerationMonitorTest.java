package io.boxwright.udf.counters;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.diffusion.pipelines.Stage;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.StubPipeline;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationMonitorTest {

  /** One for each batch that may begin. */
  private static final Semaphore BATCHES = new Semaphore(0);

  private static SparkSession spark;

  @BeforeAll
  static void startSpark() {
    spark =
        LocalSpark.session(
            LocalSpark.conf()
                .setMaster("local[2,2]") // a task is tried twice
                .set("spark.executor.heartbeatInterval", "1s"));
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @BeforeEach
  void noBatchMayBegin() {
    BATCHES.drainPermits();
  }

  private final GuidedImageGenerator generator =
      new GuidedImageGenerator()
          .setModelUrl("stub")
          .setDeviceType(DeviceType.CPU)
          .setBatchSize(2)
          .setPipelineLoader(new WaitingLoader());

  private static Dataset<Row> prompts(String... prompts) {
    return spark.createDataset(List.of(prompts), Encoders.STRING()).toDF("prompt").coalesce(1);
  }

  private static CompletableFuture<Void> run(Dataset<Row> images) {
    return CompletableFuture.runAsync(images::collectAsList);
  }

  /** Spark's heartbeats bring the news, some time. */
  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 600 && !condition.getAsBoolean(); i++) {
      Thread.sleep(50);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  @Test
  void rowsOfARunningTaskCount() throws Exception {
    Dataset<Row> images = generator.generate(prompts("a cat", "explode", "", "a cat"));
    GenerationMonitor monitor = generator.monitor();

    CompletableFuture<Void> job = run(images);
    assertThat(monitor.images()).isZero();
    BATCHES.release(3); // the first batch and, since it fails, its rows
    await(() -> monitor.images() == 2);
    assertThat(monitor.failed()).isEqualTo(1);
    assertThat(monitor.errors())
        .containsExactly(Map.entry("java.lang.IllegalStateException: boom", 1L));
    BATCHES.release(1);
    job.get(1, TimeUnit.MINUTES);

    assertThat(monitor.images()).isEqualTo(4);
    assertThat(monitor.failed()).isEqualTo(2);
    assertThat(monitor.refused()).isEqualTo(1);
    assertThat(monitor.errors()).hasSize(2).containsEntry("Invalid prompt: it is empty", 1L);
    assertThat(monitor.failures()).hasSize(1);
    assertThat(monitor.stages()).containsKeys(Stage.PNG);
    assertThat(monitor.peakHostBytes().orElseThrow()).isGreaterThan(1 << 20);
    assertThat(monitor.peakDeviceBytes()).isEmpty();
  }

  @Test
  void rowsOfAFailedAttemptFallAway() throws Exception {
    Dataset<Row> images = generator.generate(prompts("a cat", "a dog", "a cow", "a pig"));
    GenerationMonitor monitor = generator.monitor();
    int column = images.schema().fieldIndex("prompt");
    MapFunction<Row, Row> failOnThirdRow =
        row -> failFirstAttemptAt("a cow", row.getString(column), row);

    CompletableFuture<Void> job = run(images.map(failOnThirdRow, Encoders.row(images.schema())));
    BATCHES.release(1);
    await(() -> monitor.images() == 2);
    BATCHES.release(1); // and the attempt fails
    await(() -> monitor.images() == 0);
    BATCHES.release(1);
    await(() -> monitor.images() == 2);
    BATCHES.release(1);
    job.get(1, TimeUnit.MINUTES);

    assertThat(monitor.images()).isEqualTo(4);
  }

  private static Row failFirstAttemptAt(String failing, String prompt, Row row) {
    if (TaskContext.get().attemptNumber() == 0 && prompt.equals(failing)) {
      throw new IllegalStateException("lost");
    }
    return row;
  }

  @Test
  void messagesAreCountedWithoutWhatIsARowsOwn() {
    assertThat(GenerationCounters.pattern("Invalid token index 12: 'a b' has 3"))
        .isEqualTo("Invalid token index #: '...' has #");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "phrase 'cat' does not occur in prompt 'a dog'",
        "phrase 'cat' does not occur in prompt 'a dog's bone'",
        "phrase 'dog's bone' does not occur in prompt 'a cat's toy'",
        "phrase 'cat' does not occur in prompt 'two dogs' bones'",
        "phrase 'cat' does not occur in prompt 'rock 'n' roll'",
        "phrase 'cat' does not occur in prompt 'the 12 dogs''",
        "phrase 'cat' does not occur in prompt 'a\nb'",
        "phrase 'cat' does not occur in prompt ''",
      })
  void apostrophesInARowsTextDoNotMakeAnotherMessage(String message) {
    assertThat(GenerationCounters.pattern(message))
        .isEqualTo("phrase '...' does not occur in prompt '...'");
  }

  @Test
  void onlySoManyDifferentMessagesAreKept() {
    LongsByKey counts = new LongsByKey(LongsByKey.Merge.SUM, 2);
    for (String message : List.of("a", "b", "c", "a", "d")) {
      counts.add(message, 1);
    }

    assertThat(counts.value())
        .containsOnly(Map.entry("a", 2L), Map.entry("b", 1L), Map.entry(LongsByKey.OTHER, 2L));
  }

  /** A loader of a stub that begins a batch only when it may. */
  private static final class WaitingLoader extends StubPipeline.Loader {

    private static final long serialVersionUID = 1;

    @Override
    public ImagePipeline load(Path folder, PretrainedOptions options) {
      return new StubPipeline(requests -> BATCHES.acquireUninterruptibly());
    }
  }
}
