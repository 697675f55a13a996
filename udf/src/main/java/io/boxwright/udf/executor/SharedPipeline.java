package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.HashedFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pipeline of this executor and the tasks that use it. Once it is let go, no other task gets it,
 * and the last one to end closes it and its detectors: that frees their native memory.
 */
final class SharedPipeline {

  private static final Logger LOG = LoggerFactory.getLogger(SharedPipeline.class);

  private final LoadedPipeline loaded;
  private final HashedFolder files;
  private int users;
  private boolean letGo;

  /**
   * A pipeline without users.
   *
   * @param files that it was loaded from
   */
  SharedPipeline(LoadedPipeline loaded, HashedFolder files) {
    this.loaded = loaded;
    this.files = files;
  }

  LoadedPipeline loaded() {
    return loaded;
  }

  /** What it was loaded from. */
  HashedFolder files() {
    return files;
  }

  /**
   * Takes it for a task, which has to {@link #release} it.
   *
   * @return false if it was let go
   */
  synchronized boolean use() {
    if (letGo) {
      return false;
    }
    users++;
    return true;
  }

  /** A task does not need it any more. */
  synchronized void release() {
    users--;
    closeIfUnused();
  }

  /** Nobody is to get it any more. */
  synchronized void letGo() {
    if (!letGo) {
      letGo = true;
      closeIfUnused();
    }
  }

  private void closeIfUnused() {
    if (!letGo || users > 0) {
      return;
    }
    LOG.info("Closing the pipeline of {}, which is another model now", files.folder());
    try {
      loaded.thread().end();
      loaded.detectors().close();
      loaded.pipeline().close();
    } catch (RuntimeException e) { // no fault of the task that happens to be the last
      LOG.warn("Cannot close the pipeline of {}", files.folder(), e);
    }
  }
}
