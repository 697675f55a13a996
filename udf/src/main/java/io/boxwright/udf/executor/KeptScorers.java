package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.HashedFolder;
import io.boxwright.diffusion.loading.ModelFingerprint;
import io.boxwright.diffusion.loading.ModelLoadingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scorers of one type, each loaded by the first task that asks for it and kept until all are
 * closed. Before a folder is loaded, its content is compared with what the driver found there.
 *
 * @param <T> the type of the scorers
 */
final class KeptScorers<T extends AutoCloseable> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KeptScorers.class);

  private final Map<Key, Kept<T>> kept = new HashMap<>();
  private final List<T> replaced = new ArrayList<>(); // tasks may still use them

  private record Key(Object kind, Optional<ModelFingerprint> content) {}

  private record Kept<T>(T scorer, Optional<HashedFolder> files) {

    /** Returns whether its weights, which may be mapped, are still those that were read. */
    boolean isWhole() {
      return files.filter(HashedFolder::isOverwritten).isEmpty();
    }
  }

  /**
   * Returns a scorer, which this object owns and closes.
   *
   * @param kind tells scorers of the same model apart
   * @param model the folder as the driver found it; empty if the scorer has none
   * @param loader makes the scorer
   * @throws ModelLoadingException naming this host and a file, if the folder is not the driver's,
   *     or changed while it was loaded; and whatever the loader throws
   */
  synchronized T get(Object kind, Optional<TransformersModel> model, Supplier<T> loader) {
    Key key = new Key(kind, model.map(TransformersModel::fingerprint));
    Kept<T> present = kept.get(key);
    if (present != null && present.isWhole()) {
      return present.scorer();
    }
    Optional<HashedFolder> files = model.map(TransformersModel::verify);
    T loaded = loader.get();
    requireUnchanged(files, loaded);
    if (present != null) {
      replaced.add(present.scorer());
    }
    kept.put(key, new Kept<>(loaded, files));
    return loaded;
  }

  private void requireUnchanged(Optional<HashedFolder> files, T loaded) {
    try {
      files.ifPresent(HashedFolder::requireUnchanged);
    } catch (ModelLoadingException e) {
      close(loaded);
      throw e;
    }
  }

  private void close(T scorer) {
    try {
      scorer.close();
    } catch (Exception e) { // the others are still closed
      LOG.warn("Cannot close {}", scorer, e);
    }
  }

  /** Closes all of them; a failure is logged and the others are still closed. */
  @Override
  public synchronized void close() {
    kept.values().forEach(each -> close(each.scorer()));
    replaced.forEach(this::close);
    kept.clear();
    replaced.clear();
  }
}
