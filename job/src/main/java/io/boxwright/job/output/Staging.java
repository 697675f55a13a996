package io.boxwright.job.output;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;

/** The folder {@code _staging} in an output folder, for files that are not complete yet. */
public final class Staging {

  /** The names of chunks of attempts, and of files before they are renamed. */
  private static final Pattern STAGED =
      Pattern.compile("chunk-.*\\.parquet|.+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final RunFolder folder;

  /** Makes a view of this folder in an output folder; it need not exist. */
  public Staging(RunFolder folder) {
    this.folder = folder;
  }

  /** Returns the names in the folder. */
  public List<String> names() {
    return folder.list(RunFolder.STAGING).stream().map(entry -> entry.getPath().getName()).toList();
  }

  /**
   * Removes the files that runs have left here; all others stay. The holder of the folder writes
   * nothing meanwhile, because its own files are here until they are complete.
   */
  public void sweep() {
    synchronized (folder) {
      folder.checkFence();
      for (FileStatus entry : folder.list(RunFolder.STAGING)) {
        String name = entry.getPath().getName();
        if (entry.isFile() && (STAGED.matcher(name).matches() || FolderContents.isHidden(name))) {
          folder.delete(RunFolder.STAGING + "/" + name);
        }
      }
      folder.deleteIfEmpty(RunFolder.STAGING);
    }
  }

  /** Removes the folder, if it is empty. */
  void removeIfEmpty() {
    synchronized (folder) {
      folder.checkFence();
      folder.deleteIfEmpty(RunFolder.STAGING);
    }
  }
}
