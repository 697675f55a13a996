package io.boxwright.job.output;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.files.FileProblem;
import io.boxwright.job.input.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The content of an output folder: tells what runs have made from everything else. */
public final class FolderContents {

  private static final Logger LOG = LoggerFactory.getLogger(FolderContents.class);

  private static final List<String> OURS =
      List.of(
          RunFolder.IMAGES,
          RunFolder.RUN,
          RunFolder.CONTACT_SHEET,
          RunFolder.EVALUATIONS,
          RunFolder.EVALUATION,
          RunFolder.STAGING,
          RunFolder.PLAN);

  private static final List<String> DAMAGEABLE =
      List.of(RunFolder.PLAN, RunFolder.RUN, RunFolder.EVALUATION);

  private final RunFolder folder;

  /** Looks at a folder, which need not exist. */
  public FolderContents(RunFolder folder) {
    this.folder = folder;
  }

  /** Returns whether Spark takes a name as hidden, or file systems leave files with such names. */
  static boolean isHidden(String name) {
    return name.startsWith(".") || name.startsWith("_") || name.endsWith(".crc");
  }

  /**
   * Makes the folder, if it does not exist.
   *
   * @throws InvalidInputException if it cannot be made, or holds something that no run has made
   */
  public void prepare() {
    makeUnlessThere();
    requireOurs(folder.list(""));
  }

  private void makeUnlessThere() {
    FileSystem fileSystem = folder.fileSystem();
    Path path = folder.resolve("");
    try {
      if (!fileSystem.exists(path)) {
        WholeFiles.makeFolder(fileSystem, path);
        WholeFiles.require(fileSystem.mkdirs(path), "the file system refuses");
      } else if (!fileSystem.getFileStatus(path).isDirectory()) {
        throw new InvalidInputException("Invalid output folder %s: it is a file".formatted(path));
      }
    } catch (IOException e) {
      throw cannotMake(FileProblem.of(e), e);
    } catch (IllegalArgumentException e) { // unknown hosts
      throw cannotMake(e.getMessage(), e);
    }
  }

  private InvalidInputException cannotMake(String problem, Exception e) {
    return new InvalidInputException(
        "Cannot make output folder %s: %s".formatted(folder.path(), problem), e);
  }

  private void requireOurs(List<FileStatus> entries) {
    boolean planned = folder.status(RunFolder.PLAN).isPresent();
    for (FileStatus entry : entries) {
      String name = entry.getPath().getName();
      boolean ours = OURS.contains(name) && (planned || name.equals(RunFolder.EVALUATIONS));
      if (!isHidden(name) && !ours) {
        throw new InvalidInputException(
            "Invalid output folder %s: it holds %s, %s"
                .formatted(
                    folder.path(),
                    name,
                    planned
                        ? "which is not part of the run there; move it away"
                        : "but no run that can go on; empty it or name another"));
      }
    }
  }

  /**
   * Makes the folder, or takes one that is empty or already has the mark. An earlier claim may have
   * been cut off before the mark had its name, so there may be files that are not complete yet.
   *
   * @param mark the name of a hidden file that tells the purpose of the folder
   * @throws InvalidInputException if it cannot be made, or holds something else
   */
  public void claim(String mark) {
    makeUnlessThere();
    if (folder.status(mark).isEmpty()) {
      refuseAny(name -> !name.equals(RunFolder.STAGING));
      folder.write(mark, Map.of());
    }
  }

  /**
   * Checks that the folder holds only hidden files.
   *
   * @throws InvalidInputException if it holds something else
   */
  void requireNothingVisible() {
    refuseAny(name -> !isHidden(name));
  }

  private void refuseAny(Predicate<String> stranger) {
    for (FileStatus entry : folder.list("")) {
      String name = entry.getPath().getName();
      if (stranger.test(name)) {
        throw new InvalidInputException(
            "Invalid output folder %s: it holds %s; empty it or name another"
                .formatted(folder.path(), name));
      }
    }
  }

  /**
   * Removes everything that runs have made, the plan last. The lock, the files that were moved
   * aside and the evaluations stay; a warning says that these are of images that are gone.
   *
   * @throws InvalidInputException if there is a file among the images that no run has made
   */
  public void clear() {
    List<FileStatus> images = folder.list(RunFolder.IMAGES);
    images.stream()
        .filter(entry -> !isHidden(entry.getPath().getName()) && !isChunk(entry))
        .findFirst()
        .ifPresent(this::refuseToClear);
    Manifest.listNames(folder).forEach(folder::delete);
    images.stream()
        .filter(FolderContents::isChunk)
        .forEach(entry -> folder.delete(RunFolder.IMAGES + "/" + entry.getPath().getName()));
    folder.deleteIfEmpty(RunFolder.IMAGES); // hidden files there may belong to others
    new Staging(folder).sweep();
    List.of(RunFolder.RUN, RunFolder.CONTACT_SHEET, RunFolder.EVALUATION, RunFolder.PLAN)
        .forEach(folder::delete);
    if (!folder.list(RunFolder.EVALUATIONS).isEmpty()) {
      LOG.warn(
          "{} stays, with scores of images that are gone; evaluate the new ones with --overwrite",
          folder.resolve(RunFolder.EVALUATIONS));
    }
  }

  private static boolean isChunk(FileStatus entry) {
    return entry.isFile() && ChunkFile.parse(entry.getPath()).isPresent();
  }

  private void refuseToClear(FileStatus entry) {
    throw new InvalidInputException(
        "Cannot overwrite %s: no run has made images/%s; move it away"
            .formatted(folder.path(), entry.getPath().getName()));
  }

  /** Returns the names in the folder itself that are not part of a run. */
  public List<String> strangers() {
    return folder.list("").stream()
        .map(entry -> entry.getPath().getName())
        .filter(name -> !isHidden(name) && !OURS.contains(name))
        .sorted()
        .toList();
  }

  /** Returns a sentence for each JSON file of a run that is damaged. */
  public List<String> damagedFiles() {
    List<String> damaged = new ArrayList<>();
    for (FileStatus entry : folder.list("")) {
      String name = entry.getPath().getName();
      if (DAMAGEABLE.contains(name) || Manifest.isName(name)) {
        try {
          folder.read(name, JsonNode.class);
        } catch (DamagedFileException e) {
          damaged.add(e.getMessage());
        }
      }
    }
    return damaged;
  }
}
