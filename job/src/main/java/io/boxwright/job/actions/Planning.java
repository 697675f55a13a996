package io.boxwright.job.actions;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.PromptTable;
import io.boxwright.job.output.CommitMode;
import io.boxwright.job.output.FolderContents;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunPlan;
import io.boxwright.job.output.Versions;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Decides whether a folder's run goes on or a new one starts. */
record Planning(
    GuidedImageGenerator generator, PromptTable prompts, String renamePrefix, RunFolder folder) {

  /**
   * The plan to work after, which is in the folder then; the generator is held to its model.
   *
   * @param chunkRows rows for each chunk; null for the usual
   * @param commit null for the usual
   * @throws InvalidInputException if the folder has another plan, saying what differs
   */
  RunPlan plan(ExistingOutput existing, Integer chunkRows, CommitMode commit) {
    RunPlan plan = thereOrNew(existing, chunkRows, commit);
    generator.requireModel(plan.modelHash());
    return plan;
  }

  private RunPlan thereOrNew(ExistingOutput existing, Integer chunkRows, CommitMode commit) {
    Optional<RunPlan> there =
        existing == ExistingOutput.OVERWRITE ? Optional.empty() : RunPlan.read(folder);
    if (there.isPresent()) {
      requireSame(there.get(), plan(chunkRows, commit, there));
      return there.get();
    }
    RunPlan plan = plan(chunkRows, commit, Optional.empty());
    new FolderContents(folder).clear();
    plan.write(folder);
    return plan;
  }

  /** What this run is asked for; where it is not asked, it goes on as the other did. */
  private RunPlan plan(Integer chunkRows, CommitMode commit, Optional<RunPlan> there) {
    long rows = prompts.count();
    int images = generator.numImagesPerPrompt();
    int usualRows =
        there
            .map(RunPlan::chunkRows)
            .orElseGet(() -> RunPlan.defaultChunkRows(rows, images, generator.batchSize().most()));
    CommitMode usualCommit = there.map(RunPlan::commit).orElseGet(folder::usualCommit);
    return new RunPlan(
        Versions.boxwright(),
        Instant.now().toString(),
        prompts.path(),
        prompts.files(),
        rows,
        images,
        chunkRows == null ? usualRows : chunkRows,
        commit == null ? usualCommit : commit,
        generator.modelUrl(),
        generator.modelFingerprint(),
        options());
  }

  private Map<String, String> options() {
    Map<String, String> options = new TreeMap<>(generator.settings());
    if (renamePrefix != null) {
      options.put(RunPlan.RENAME_COLUMNS, renamePrefix);
    }
    return options;
  }

  private void requireSame(RunPlan there, RunPlan here) {
    List<String> differences = there.differences(here);
    if (!differences.isEmpty()) {
      throw new InvalidInputException(
          "Output folder %s belongs to another run: %s. Go on with its settings, name another folder,"
                  .formatted(folder.path(), String.join("; ", differences))
              + " or remove its images with --overwrite");
    }
  }
}
