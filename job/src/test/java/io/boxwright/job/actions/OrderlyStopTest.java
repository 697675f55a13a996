package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.job.output.ChunkTable;
import io.boxwright.job.output.CommitMode;
import io.boxwright.job.output.FolderContents;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunLock;
import io.boxwright.job.output.RunPlan;
import io.boxwright.job.output.RunRecord;
import io.boxwright.job.output.RunRecorder;
import io.boxwright.testing.Spark;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a process that is told to end; the process itself goes on here. */
class OrderlyStopTest {

  private final StringWriter console = new StringWriter();
  private final Level level = LogManager.getRootLogger().getLevel();

  @TempDir private Path folder;
  private SparkSession spark;
  private OrderlyStop stop;

  @BeforeEach
  void open() {
    spark = Spark.local();
    stop = new OrderlyStop(new PrintWriter(console), "the command");
  }

  @AfterEach
  void close() {
    stop.close();
    spark.stop();
    Configurator.setRootLevel(level); // a stop makes Spark silent
  }

  @Test
  void beforeThereIsARunOneLineSaysHowToGoOn() {
    stop.stop();

    assertThat(console)
        .hasToString("Stopped before images were made. To go on: the command%n".formatted());
    assertThatThrownBy(() -> stop.begin(spark.sparkContext()))
        .isInstanceOf(RunStoppedException.class);
  }

  @Test
  void whatTheEndBreaksOffIsNoError() {
    IllegalStateException consequence = new IllegalStateException("SparkContext was shut down");

    assertThatThrownBy(() -> stop.during(() -> fail(consequence))).isSameAs(consequence);
    stop.stop();
    assertThatThrownBy(() -> stop.during(() -> fail(consequence)))
        .isInstanceOf(RunStoppedException.class)
        .hasCause(consequence);
  }

  private static Object fail(RuntimeException e) {
    throw e;
  }

  @Test
  void aRunThatHasTheLockAndBeginsToRecordIsInterrupted() throws Exception {
    RunFolder output = RunFolder.of(new Configuration(), folder.resolve("out").toString());
    new FolderContents(output).prepare();
    RunPlan plan =
        new RunPlan(
            "1",
            "2026-01-01T00:00:00Z",
            "in",
            List.of(),
            4,
            1,
            2,
            CommitMode.RENAME,
            "m",
            "ab".repeat(32),
            Map.of());
    CompletableFuture<Void> end;
    try (OrderlyStop.Run run = stop.begin(spark.sparkContext());
        RunLock lock = RunLock.take(output, "application", () -> {})) {
      run.noteLock(lock);
      plan.write(lock.folder());
      ChunkTable chunks = new ChunkTable(lock.folder(), plan);
      end = CompletableFuture.runAsync(stop::stop);
      while (LogManager.getRootLogger().getLevel() != Level.OFF) {
        Thread.sleep(10);
      }
      try (RunRecorder recorder = new RunRecorder(plan, lock, "the command", chunks.tidy())) {
        assertThatThrownBy(() -> run.noteWork(recorder, chunks, plan))
            .isInstanceOf(RunStoppedException.class);
      }
    }
    end.get(1, TimeUnit.MINUTES);

    assertThat(RunRecord.read(output).orElseThrow().state()).isEqualTo(RunRecord.State.INTERRUPTED);
    assertThat(folder.resolve("out/_lock")).doesNotExist();
    assertThat(console)
        .hasToString("Stopped: 0 of 4 images done. To go on: the command%n".formatted());
  }
}
