package io.boxwright.job.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.PromptFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunPlanTest {

  @TempDir private Path folder;

  private static RunPlan plan(long rows, int chunkRows, Map<String, String> options) {
    return new RunPlan(
        "1",
        "2026-01-01T00:00:00Z",
        "in",
        List.of(new PromptFile("a.parquet", 7, rows, "ab".repeat(32))),
        rows,
        2,
        chunkRows,
        CommitMode.RENAME,
        "m",
        "cd".repeat(32),
        options);
  }

  @Test
  void theLastChunkHoldsTheRest() {
    RunPlan plan = plan(10, 4, Map.of());

    assertThat(plan.chunks()).isEqualTo(3);
    assertThat(plan.imagesIn(0)).isEqualTo(8);
    assertThat(plan.imagesIn(2)).isEqualTo(4);
    assertThat(plan(0, 4, Map.of()).chunks()).isEqualTo(1);
    assertThat(plan(0, 4, Map.of()).imagesIn(0)).isZero();
  }

  @Test
  void chunksAreOneToFourBatchesAndNoMoreThanAHundredThousand() {
    assertThat(RunPlan.defaultChunkRows(10, 1, 8)).isEqualTo(8);
    assertThat(RunPlan.defaultChunkRows(5_000, 1, 8)).isEqualTo(16);
    assertThat(RunPlan.defaultChunkRows(100_000, 1, 8)).isEqualTo(32);
    assertThat(RunPlan.defaultChunkRows(100_000, 3, 8)).isEqualTo(8);
    assertThat(RunPlan.defaultChunkRows(10_000_000, 1, 8)).isEqualTo(100);
    assertThatThrownBy(() -> plan(10_000_000, 1, Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("chunk_rows is 1");
  }

  @Test
  void whatIsReadIsWhatWasWritten() {
    RunFolder run = RunFolder.of(new Configuration(), folder.toString());
    RunPlan plan = plan(10, 4, Map.of("eta", "0.0"));

    plan.write(run);

    assertThat(RunPlan.read(run)).contains(plan);
    assertThat(RunPlan.read(run).orElseThrow().hash()).isEqualTo(plan.hash());
  }

  @Test
  void aFolderOfRunsNamesThem() {
    RunFolder runs = RunFolder.of(new Configuration(), folder.toString());
    assertThatThrownBy(() -> RunPlan.require(runs))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("There is no run in %s: it has no plan.json", folder);

    plan(10, 4, Map.of())
        .write(RunFolder.of(new Configuration(), folder.resolve("paper").toString()));
    assertThatThrownBy(() -> RunPlan.require(runs))
        .hasMessageEndingWith(": it has no plan.json; its folder paper is a run: name it");

    plan(10, 4, Map.of())
        .write(RunFolder.of(new Configuration(), folder.resolve("none").toString()));
    assertThatThrownBy(() -> RunPlan.require(runs))
        .hasMessageEndingWith("; its folders none, paper are runs: name them");
  }

  @Test
  void secretsInPathsAreNotWrittenAndMakeNoDifference() {
    RunFolder run = RunFolder.of(new Configuration(), folder.toString());
    PromptFile file = new PromptFile("token=5/a.parquet", 7, 10, "ab".repeat(32));
    RunPlan plan =
        new RunPlan(
            "1",
            "2026-01-01T00:00:00Z",
            "s3a://me:swordfish@bucket/in",
            List.of(file),
            10,
            1,
            4,
            CommitMode.RENAME,
            "s3a://me:swordfish@bucket/m",
            "cd".repeat(32),
            Map.of());

    plan.write(run);

    RunPlan there = RunPlan.read(run).orElseThrow();
    assertThat(there.input()).isEqualTo("s3a://***@bucket/in");
    assertThat(there.model()).isEqualTo("s3a://***@bucket/m");
    assertThat(there.inputFiles()).containsExactly(file);
    assertThat(there.differences(plan)).isEmpty();
    assertThat(there.hash()).isEqualTo(plan.hash());
  }

  @Test
  void differencesNameBothValues() {
    RunPlan there = plan(10, 4, Map.of("eta", "0.0"));
    RunPlan here = plan(10, 4, Map.of("scheduler", "DDIMScheduler"));

    assertThat(there.differences(here))
        .containsExactlyInAnyOrder(
            "eta is 0.0 there, not set here", "scheduler is not set there, DDIMScheduler here");
    assertThat(there.hash()).isNotEqualTo(here.hash());
    assertThat(there.differences(there)).isEmpty();
  }

  @Test
  void onlyFileSystemsKnownToRenameInOneStepDo() {
    assertThat(CommitMode.of(URI.create("hdfs://name/"))).isEqualTo(CommitMode.RENAME);
    assertThat(CommitMode.of(URI.create("file:///"))).isEqualTo(CommitMode.RENAME);
    assertThat(CommitMode.of(URI.create("s3a://bucket/"))).isEqualTo(CommitMode.MANIFEST);
    assertThat(CommitMode.of(URI.create("new://bucket/"))).isEqualTo(CommitMode.MANIFEST);
  }
}
