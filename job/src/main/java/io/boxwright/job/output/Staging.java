package io.boxwright.job.output;

import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;

/** The folder {@code _staging} in an output folder: what is not whole. */
public final class Staging {

  /** Chunks of attempts, and files that are to be renamed. */
  private static final Pattern STAGED =
      Pattern.compile("chunk-.*\\.parquet|.+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final RunFolder folder;

  /** That of an output folder; it need not exist. */
  public Staging(RunFolder folder) {
    this.folder = folder;
  }

  /** Names of what is not whole. */
  public List<String> names() {
    return folder.list(RunFolder.STAGING).stream().map(entry -> entry.getPath().getName()).toList();
  }

  /**
   * Removes what is not whole. What no run can have left there stays. The folder's holder writes
   * nothing meanwhile: its files are here until they are whole.
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

  /** Removes the folder, if nothing is in it. */
  void removeIfEmpty() {
    synchronized (folder) {
      folder.checkFence();
      folder.deleteIfEmpty(RunFolder.STAGING);
    }
  }
}
