package io.boxwright.diffusion.loading;

import java.nio.file.Path;
import java.util.Map;

/** A model folder whose files were read whole. */
public final class HashedFolder {

  private final Path folder;
  private final Map<String, HashedFile> files;

  HashedFolder(Path folder, Map<String, HashedFile> files) {
    this.folder = folder;
    this.files = Map.copyOf(files);
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** What the files were when they were read. */
  public ModelFingerprint fingerprint() {
    return ModelFingerprint.of(files);
  }

  /**
   * Checks that the files still are those that were read: who loads them afterwards calls it when
   * that is done.
   *
   * @throws ModelLoadingException naming a file that is gone, or another one, or was written to
   */
  public void requireUnchanged() {
    files.forEach(
        (path, file) -> {
          if (!FileState.of(folder.resolve(path)).equals(file.state())) {
            throw new ModelLoadingException(
                "Cannot load %s: %s was changed while it was loaded; try again when nobody writes there"
                    .formatted(folder, path));
          }
        });
  }

  /**
   * Whether some file was written to in its place. Weights on the CPU are mapped, and change then.
   * Files that were removed or replaced stay mapped as they were.
   */
  public boolean isOverwritten() {
    return files.values().stream().map(HashedFile::state).anyMatch(HashedFolder::isOverwritten);
  }

  private static boolean isOverwritten(FileState before) {
    try {
      return before.isOverwrittenBy(FileState.of(Path.of(before.path())));
    } catch (ModelLoadingException e) {
      return false; // it is gone
    }
  }
}
