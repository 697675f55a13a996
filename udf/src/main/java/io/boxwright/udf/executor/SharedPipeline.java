package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.HashedFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pipeline of this executor and the number of tasks that use it. Once it is let go, no other task
 * gets it, and the last task to end closes it and its detectors, which frees their native memory.
 */
final class SharedPipeline {

  private static final Logger LOG = LoggerFactory.getLogger(SharedPipeline.class);

  private final LoadedPipeline loaded;
  private final HashedFolder files;
  private int users;
  private boolean letGo;

  /**
   * Makes a pipeline without users.
   *
   * @param files the files that it was loaded from
   */
  SharedPipeline(LoadedPipeline loaded, HashedFolder files) {
    this.loaded = loaded;
    this.files = files;
  }

  LoadedPipeline loaded() {
    return loaded;
  }

  /** Returns the files that it was loaded from. */
  HashedFolder files() {
    return files;
  }

  /**
   * Adds a task that uses it and must {@link #release} it.
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

  /** Removes a task that no longer uses it. */
  synchronized void release() {
    users--;
    closeIfUnused();
  }

  /** Lets the pipeline go: no other task gets it. */
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
    LOG.info("Closing the pipeline of {}, because the model has changed", files.folder());
    try {
      loaded.thread().end();
      loaded.detectors().close();
      loaded.pipeline().close();
    } catch (RuntimeException e) { // not the fault of the last task
      LOG.warn("Cannot close the pipeline of {}", files.folder(), e);
    }
  }
}
