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

/** The decision whether a folder's run goes on or a new one starts. */
record Planning(
    GuidedImageGenerator generator, PromptTable prompts, String renamePrefix, RunFolder folder) {

  /**
   * Returns the folder's plan, or writes a new one, and makes the generator require its model.
   *
   * @param chunkRows the rows of a chunk; null for the usual number
   * @param commit the mark of finished files; null for the usual one
   * @throws InvalidInputException if the folder has another plan, naming the differences
   */
  RunPlan plan(ExistingOutput existing, Integer chunkRows, CommitMode commit) {
    RunPlan plan = findOrWrite(existing, chunkRows, commit);
    generator.requireModel(plan.modelHash());
    return plan;
  }

  private RunPlan findOrWrite(ExistingOutput existing, Integer chunkRows, CommitMode commit) {
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

  /**
   * Makes the plan that this run is asked for; settings that are not given are those of the other.
   */
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
        collectOptions());
  }

  private Map<String, String> collectOptions() {
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
