package io.boxwright.job.output;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.files.FileProblem;
import io.boxwright.job.input.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What lies in an output folder: tells what runs have made from what they have not. */
public final class FolderContents {

  private static final List<String> OURS =
      List.of(
          RunFolder.IMAGES,
          RunFolder.RUN,
          RunFolder.CONTACT_SHEET,
          RunFolder.STAGING,
          RunFolder.PLAN);

  private final RunFolder folder;

  /** Of a folder, which need not exist. */
  public FolderContents(RunFolder folder) {
    this.folder = folder;
  }

  /** Whether a name is hidden, as Spark understands it, or of a kind that file systems leave. */
  static boolean isHidden(String name) {
    return name.startsWith(".") || name.startsWith("_") || name.endsWith(".crc");
  }

  /**
   * Makes the folder, if there is none.
   *
   * @throws InvalidInputException if it cannot be made, or holds what no run of ours has left
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
    } catch (IllegalArgumentException e) { // for unknown hosts
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
      if (!isHidden(name) && !(planned && OURS.contains(name))) {
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
   * Makes the folder, or takes one that is empty or was taken under the same name before.
   *
   * @param mark a hidden file that says what the folder is for
   * @throws InvalidInputException if it cannot be made, or holds something else
   */
  public void claim(String mark) {
    makeUnlessThere();
    List<FileStatus> entries = folder.list("");
    if (entries.isEmpty()) {
      folder.write(mark, Map.of());
    } else if (folder.status(mark).isEmpty()) {
      throw new InvalidInputException(
          "Invalid output folder %s: it holds %s; empty it or name another"
              .formatted(folder.path(), entries.get(0).getPath().getName()));
    }
  }

  /**
   * Removes all that runs have made, the plan last; the lock and what was put aside stay.
   *
   * @throws InvalidInputException if a file that is no run's lies between the images
   */
  public void clear() {
    List<FileStatus> images = folder.list(RunFolder.IMAGES);
    images.stream()
        .filter(entry -> !isHidden(entry.getPath().getName()) && !isChunk(entry))
        .findFirst()
        .ifPresent(this::refuseToClear);
    Manifest.names(folder).forEach(folder::delete);
    images.stream()
        .filter(FolderContents::isChunk)
        .forEach(entry -> folder.delete(RunFolder.IMAGES + "/" + entry.getPath().getName()));
    folder.deleteIfEmpty(RunFolder.IMAGES); // what is hidden there may be of others
    new Staging(folder).sweep();
    List.of(RunFolder.RUN, RunFolder.CONTACT_SHEET, RunFolder.PLAN).forEach(folder::delete);
  }

  private static boolean isChunk(FileStatus entry) {
    return entry.isFile() && ChunkFile.parse(entry.getPath()).isPresent();
  }

  private void refuseToClear(FileStatus entry) {
    throw new InvalidInputException(
        "Cannot overwrite %s: images/%s was made by no run; move it away"
            .formatted(folder.path(), entry.getPath().getName()));
  }

  /** What lies in the folder itself and is no part of a run. */
  public List<String> strangers() {
    return folder.list("").stream()
        .map(entry -> entry.getPath().getName())
        .filter(name -> !isHidden(name) && !OURS.contains(name))
        .sorted()
        .toList();
  }

  /** What is wrong with the JSON files that are there, a sentence each. */
  public List<String> damagedFiles() {
    List<String> damaged = new ArrayList<>();
    for (FileStatus entry : folder.list("")) {
      String name = entry.getPath().getName();
      if (name.equals(RunFolder.PLAN) || name.equals(RunFolder.RUN) || Manifest.isName(name)) {
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
