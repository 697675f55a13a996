package io.boxwright.job.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chunks of an output folder. A file counts when it has the exact name of a chunk of the plan,
 * and when its footer names the plan, the chunk and as many rows as the plan gives it. Of several
 * such files of a chunk, the newest generation counts; of several attempts, the one that the
 * manifest lists.
 */
public final class ChunkTable {

  private static final Logger LOG = LoggerFactory.getLogger(ChunkTable.class);

  /** The number of threads that read footers; they mostly wait for the file system. */
  private static final int READERS = 16;

  private final RunFolder folder;
  private final RunPlan plan;
  private final String planHash;

  /** Makes a view of the chunks of a folder with a plan. */
  public ChunkTable(RunFolder folder, RunPlan plan) {
    this.folder = folder;
    this.plan = plan;
    this.planHash = plan.hash();
  }

  /** Looks at every file, and reads the footer of each that may count. */
  public ChunkScan scan() {
    List<String> strangers = new ArrayList<>();
    List<Candidate> candidates = new ArrayList<>();
    for (FileStatus entry : listEntries()) {
      parseChunk(entry)
          .ifPresentOrElse(
              file -> candidates.add(new Candidate(entry, file)),
              () -> strangers.add(entry.getPath().getName()));
    }
    List<String> leftovers = new ArrayList<>();
    List<ChunkScan.OddFile> odd = new ArrayList<>();
    Map<Integer, ChunkFooter> finished = new TreeMap<>();
    for (Judged judged : judge(rank(candidates))) {
      Optional<String> problem =
          judged.problem().or(() -> findBrokenSeal(judged.footer(), finished));
      if (problem.isEmpty()) {
        ChunkFooter replaced = finished.put(judged.file().chunk(), judged.footer());
        Optional.ofNullable(replaced).ifPresent(older -> leftovers.add(older.file().name()));
      } else if (judged.cutOff()) {
        leftovers.add(judged.file().name());
      } else {
        odd.add(new ChunkScan.OddFile(judged.file().name(), problem.get()));
      }
    }
    return new ChunkScan(plan.chunks(), finished, odd, leftovers, strangers);
  }

  /**
   * Sorts candidates, the best last: the newest generation and, of several attempts, the one that
   * the manifest lists.
   */
  private List<Candidate> rank(List<Candidate> candidates) {
    Manifest manifest = new Manifest(folder);
    return candidates.stream()
        .sorted(
            Comparator.comparingInt((Candidate candidate) -> candidate.file().generation())
                .thenComparing(candidate -> manifest.lists(candidate.file())))
        .toList();
  }

  /** Checks the seal of a file that would replace another: every byte must be as it was written. */
  private Optional<String> findBrokenSeal(ChunkFooter footer, Map<Integer, ChunkFooter> finished) {
    if (!finished.containsKey(footer.file().chunk())) {
      return Optional.empty();
    }
    try {
      return FileSeal.check(folder.fileSystem().getConf(), new Path(path(footer.file())));
    } catch (IOException e) {
      return Optional.of("it cannot be read: " + e.getMessage());
    }
  }

  /** Lists files and folders that are not hidden, in the order of their names. */
  private List<FileStatus> listEntries() {
    return folder.list(RunFolder.IMAGES).stream()
        .filter(entry -> !FolderContents.isHidden(entry.getPath().getName()))
        .sorted(Comparator.comparing(entry -> entry.getPath().getName()))
        .toList();
  }

  /**
   * Returns the chunk of the plan that has this name. Names of attempts are valid only with a
   * manifest.
   */
  private Optional<ChunkFile> parseChunk(FileStatus entry) {
    return ChunkFile.parse(entry.getPath())
        .filter(file -> file.chunk() < plan.chunks())
        .filter(file -> file.isAttempt() == (plan.commit() == CommitMode.MANIFEST));
  }

  private record Candidate(FileStatus entry, ChunkFile file) {}

  private record Judged(Candidate candidate, ChunkFooter footer, Optional<String> problem) {

    ChunkFile file() {
      return candidate.file();
    }

    /** Returns whether the file belongs to an attempt that was cut off and so has no footer. */
    boolean cutOff() {
      return file().isAttempt() && candidate.entry().isFile() && footer == null;
    }
  }

  private List<Judged> judge(List<Candidate> candidates) {
    ExecutorService readers = Executors.newFixedThreadPool(READERS);
    try {
      List<Callable<Judged>> tasks = new ArrayList<>();
      candidates.forEach(candidate -> tasks.add(() -> judge(candidate)));
      List<Judged> judged = new ArrayList<>();
      for (Future<Judged> result : readers.invokeAll(tasks)) {
        judged.add(result.get());
      }
      return judged;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while footers were read", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot read footers: " + e.getCause(), e.getCause());
    } finally {
      readers.shutdownNow();
    }
  }

  private Judged judge(Candidate candidate) {
    ChunkFile file = candidate.file();
    if (!folder.isRegular(candidate.entry())) {
      return new Judged(candidate, null, Optional.of("it is not a file"));
    }
    if (candidate.entry().getLen() == 0) {
      return new Judged(candidate, null, Optional.of("it is empty"));
    }
    try {
      ChunkFooter footer =
          ChunkFooter.read(folder.fileSystem().getConf(), folder.resolve(RunFolder.IMAGES), file);
      return new Judged(
          candidate, footer, footer.findProblem(planHash, plan.imagesIn(file.chunk())));
    } catch (UncheckedIOException e) {
      return new Judged(candidate, null, Optional.of(e.getMessage()));
    }
  }

  /** Returns the path of a file. */
  public String path(ChunkFile file) {
    return folder.resolve(RunFolder.IMAGES + "/" + file.name()).toString();
  }

  /** Returns the paths of files. */
  public String[] paths(List<ChunkFile> files) {
    return files.stream().map(this::path).toArray(String[]::new);
  }

  /**
   * Makes room for the missing chunks. Removes files that newer ones have replaced and files of
   * attempts that were cut off. Moves odd files aside and logs a line for each.
   *
   * @return the scan before the files were removed and moved
   */
  public ChunkScan tidy() {
    new Staging(folder).sweep();
    ChunkScan scan = scan();
    removeLeftovers(scan);
    for (ChunkScan.OddFile file : scan.odd()) {
      String aside = new Aside(folder).put(file.name());
      LOG.warn("{} does not count: {}. It is kept as {}", file.name(), file.problem(), aside);
    }
    if (!scan.strangers().isEmpty()) {
      LOG.warn(
          "Files in images that do not belong to this run stay there: {}",
          String.join(", ", scan.strangers()));
    }
    return scan;
  }

  /** Removes files of attempts that were cut off, and files that newer ones have replaced. */
  public void removeLeftovers(ChunkScan scan) {
    scan.leftovers().forEach(name -> folder.delete(RunFolder.IMAGES + "/" + name));
  }
}
