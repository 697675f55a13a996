package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.Spark;
import io.boxwright.testing.hostile.HostileFolder;
import io.boxwright.text.Printable;
import io.boxwright.threads.DaemonThreads;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Model folders in which something was changed at random: values, headers, tokenizers, kinds of
 * files. Each is refused at the check in one line, or serves a run whose every row is answered.
 */
class ModelFolderFuzzTest {

  private static final int FEW = 20;

  /** {@code -Dboxwright.fuzz.folders=200} for many, {@code -Dboxwright.fuzz.seed} for others. */
  private static final int FOLDERS = Integer.getInteger("boxwright.fuzz.folders", FEW);

  private static final long SEED = Long.getLong("boxwright.fuzz.seed", 1);
  private static final int CHECK_SECONDS = 10;
  private static final int RUN_SECONDS = 60;

  @TempDir private Path root;

  /** A hanging check must not keep the process from ending. */
  private final ExecutorService thread =
      Executors.newCachedThreadPool(DaemonThreads.named("fuzzed folder"));

  private String prompts;

  @BeforeEach
  void writePrompts() throws Exception {
    try (SparkSession spark = Spark.local()) {
      prompts =
          LocalSpark.table(
              spark,
              root.resolve("prompts"),
              "select 'a cat, Zürich 7' prompt, array(array(0.1D, 0.1D, 0.6D, 0.6D)) bboxes,"
                  + " array(array(2)) token_indices union all select '🐱 qzx', array(), array()");
    }
  }

  @AfterEach
  void stopThreads() {
    thread.shutdownNow();
  }

  @Test
  void everyFolderIsRefusedInOneLineOrServesARun() throws Exception {
    int served = 0;
    for (int i = 0; i < FOLDERS; i++) {
      HostileFolder folder = HostileFolder.create(root.resolve("model" + i), SEED * 1_000_000 + i);
      String name = "folder %d of seed %d, %s".formatted(i, SEED, Printable.value(folder));
      Path output = root.resolve("out" + i);
      if (isAccepted(name, folder.path())) {
        assertServes(name, folder.path(), output);
        served++;
      } else if (i % 5 == 0) {
        assertRefusesARun(name, folder.path(), output);
      }
    }
    note("%d of %d fuzzed folders were accepted%n", served, FOLDERS);
    assertThat(served).as("folders that the check accepted").isBetween(1, FOLDERS - 1);
  }

  private boolean isAccepted(String name, Path folder) throws Exception {
    long start = System.nanoTime();
    String refusal = within(CHECK_SECONDS, name, () -> check(folder));
    if (refusal != null) {
      note(
          "%s: %d ms, %s%n",
          name, (System.nanoTime() - start) / 1_000_000, refusal.replace(root.toString(), "."));
      assertThat(refusal)
          .as(name)
          .hasSizeLessThanOrEqualTo(Printable.LONGEST_LINE)
          .contains(folder.toString())
          .doesNotContainPattern("[\\p{Cntrl}\\u202A-\\u202E]");
      assertReadable(name, refusal);
    }
    return refusal == null;
  }

  /** What a run checks before it starts. */
  private static String check(Path folder) {
    try {
      GuidedImageGenerator generator = new GuidedImageGenerator().setModelUrl(folder.toString());
      generator.guidance();
      generator.checkModel().forEach(note -> assertThat(note).doesNotContainPattern("\\p{Cntrl}"));
      return null;
    } catch (ModelLoadingException | IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /** A command that has ended. */
  private record Ended(int exitCode, String text) {}

  private Ended generate(String name, Path folder, Path output) throws Exception {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    String[] arguments = {
      "generate",
      "--model=" + folder,
      "--input=" + prompts,
      "--output=" + output,
      "--device=cpu",
      "--steps=1",
      "--height=64",
      "--width=64",
      "--max-failed-share=1"
    };
    int exitCode =
        within(
            RUN_SECONDS, name, () -> BoxwrightCommand.run(Spark.conf(), writer, writer, arguments));
    return new Ended(exitCode, text.toString());
  }

  private void assertServes(String name, Path folder, Path output) throws Exception {
    Ended run = generate(name, folder, output);
    note("%s: exit code %d%n", name, run.exitCode());
    assertReadable(name, run.text());
    assertThat(run.exitCode())
        .as("%s%n%s", name, run.text())
        .isIn(ExitCode.OK, ExitCode.ROWS_FAILED);
    assertEveryRowIsAnswered(name, output);
  }

  private void assertRefusesARun(String name, Path folder, Path output) throws Exception {
    Ended run = generate(name, folder, output);
    assertThat(run.exitCode()).as("%s%n%s", name, run.text()).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(run.text().lines()).as(name).hasSize(1);
    assertReadable(name, run.text());
    assertThat(output).as(name).doesNotExist();
  }

  private static void assertEveryRowIsAnswered(String name, Path output) throws Exception {
    try (SparkSession spark = Spark.local()) {
      List<Row> rows =
          spark
              .read()
              .parquet(output.resolve("images").toString())
              .select("status", "error")
              .collectAsList();
      assertThat(rows).as(name).hasSize(2);
      for (Row row : rows) {
        if (!row.isNullAt(1)) {
          note("  row: %s%n", row.getString(1));
          assertThat(row.getString(1)).as(name).hasSizeLessThan(500).doesNotContain("\n");
          assertReadable(name, row.getString(1));
        }
      }
    }
  }

  /** Lists what became of each folder in the large form. */
  private static void note(String format, Object... values) {
    if (FOLDERS > FEW) {
      System.out.printf(format, values);
    }
  }

  private static void assertReadable(String name, String text) {
    assertThat(text)
        .as(name)
        .doesNotContain("org.pytorch", "TorchScript", "\tat ", "java.lang.", "com.fasterxml")
        .doesNotContain("at io.boxwright", "panicked", "\u001B");
  }

  private <T> T within(int seconds, String name, Callable<T> work) throws Exception {
    try {
      return thread.submit(work).get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return fail("%s: no answer within %d s".formatted(name, seconds));
    } catch (ExecutionException e) {
      throw new AssertionError(name, e.getCause());
    }
  }
}
