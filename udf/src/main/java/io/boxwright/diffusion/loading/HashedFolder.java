package io.boxwright.diffusion.loading;

import java.nio.file.Path;
import java.util.Map;

/** A model folder whose files were read completely. */
public final class HashedFolder {

  private final Path folder;
  private final Map<String, HashedFile> files;

  HashedFolder(Path folder, Map<String, HashedFile> files) {
    this.folder = folder;
    this.files = Map.copyOf(files);
  }

  /** Returns the folder. */
  public Path folder() {
    return folder;
  }

  /** Returns the fingerprint of the files as they were read. */
  public ModelFingerprint fingerprint() {
    return ModelFingerprint.of(files);
  }

  /**
   * Checks that the files are still those that were read. Call this after loading them.
   *
   * @throws ModelLoadingException naming a file that was removed, replaced or written to
   */
  public void requireUnchanged() {
    files.forEach(
        (path, file) -> {
          if (!FileState.of(folder.resolve(path)).equals(file.state())) {
            throw new ModelLoadingException(
                ("Cannot load %s: %s was changed while it was loaded; try again when nobody"
                        + " writes to it")
                    .formatted(folder, path));
          }
        });
  }

  /**
   * Returns whether any file was written to in place. Weights on the CPU are mapped, so they change
   * with the file. Files that were removed or replaced stay mapped as they were.
   */
  public boolean isOverwritten() {
    return files.values().stream().map(HashedFile::state).anyMatch(HashedFolder::isOverwritten);
  }

  private static boolean isOverwritten(FileState before) {
    try {
      return before.isOverwrittenBy(FileState.of(Path.of(before.path())));
    } catch (ModelLoadingException e) {
      return false; // the file is gone
    }
  }
}
