package io.boxwright.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;

/** The finished chunks of an output folder: the files in {@code images} that count. */
public final class ChunkTable {

  private final RunFolder folder;
  private final RunPlan plan;

  /** The chunks of a folder with a plan. */
  public ChunkTable(RunFolder folder, RunPlan plan) {
    this.folder = folder;
    this.plan = plan;
  }

  /** The files that count, by chunk, in their order. */
  public Map<Integer, ChunkFile> finished() {
    Predicate<ChunkFile> counts =
        plan.commit() == CommitMode.RENAME ? file -> true : new Manifest(folder)::lists;
    Map<Integer, ChunkFile> finished = new TreeMap<>();
    files().stream()
        .filter(counts)
        .forEach(
            file ->
                finished.merge(
                    file.chunk(), file, (a, b) -> a.generation() >= b.generation() ? a : b));
    return finished;
  }

  /** The files of chunks that are not finished. */
  public List<ChunkFile> missing() {
    Map<Integer, ChunkFile> finished = finished();
    List<ChunkFile> missing = new ArrayList<>();
    for (int chunk = 0; chunk < plan.chunks(); chunk++) {
      if (!finished.containsKey(chunk)) {
        missing.add(ChunkFile.of(chunk, 0));
      }
    }
    return missing;
  }

  /** Paths of the files that count. */
  public String[] paths() {
    return finished().values().stream().map(this::path).toArray(String[]::new);
  }

  /** Where a file is. */
  public String path(ChunkFile file) {
    return folder.resolve(RunFolder.IMAGES + "/" + file.name()).toString();
  }

  /** Footers of the files that count, in their order. */
  public List<ChunkFooter> footers() {
    return finished().values().parallelStream().map(this::footer).toList();
  }

  /**
   * The footer of a file.
   *
   * @throws java.io.UncheckedIOException naming the file that is no whole Parquet file
   */
  public ChunkFooter footer(ChunkFile file) {
    return ChunkFooter.read(folder.fileSystem().getConf(), folder.resolve(RunFolder.IMAGES), file);
  }

  /** Files in {@code images} that do not count, such as those with a newer generation. */
  public List<String> leftovers() {
    List<String> counting = finished().values().stream().map(ChunkFile::name).toList();
    return files().stream().map(ChunkFile::name).filter(name -> !counting.contains(name)).toList();
  }

  /** Removes what attempts that were cut off have left, and files that are replaced. */
  public void sweep() {
    folder.sweepStaging();
    leftovers().forEach(name -> folder.delete(RunFolder.IMAGES + "/" + name));
  }

  private List<ChunkFile> files() {
    return folder.list(RunFolder.IMAGES).stream()
        .map(FileStatus::getPath)
        .flatMap(path -> ChunkFile.parse(path).stream())
        .toList();
  }
}
