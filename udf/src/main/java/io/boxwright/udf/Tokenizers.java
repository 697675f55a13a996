package io.boxwright.udf;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.udf.executor.ModelFolder;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The tokenizers of models, by the names that {@link ModelFolder} knows. A process loads each
 * tokenizer once, at its first use, and keeps it until the process ends, which frees the native
 * memory. If the model's folder changes meanwhile, it is not read again.
 */
final class Tokenizers implements Serializable {

  private static final long serialVersionUID = 1;
  private static final Map<String, CLIPTokenizer> LOADED = new ConcurrentHashMap<>();

  private final String modelCache;
  private final SerializableConfiguration hadoop;

  /**
   * Creates tokenizers, none of them loaded.
   *
   * @param modelCache the folder for copies of models on each host
   * @param hadoop the settings of file systems
   */
  Tokenizers(Path modelCache, Configuration hadoop) {
    this.modelCache = modelCache.toString(); // a Path is not serializable
    this.hadoop = new SerializableConfiguration(hadoop);
  }

  /**
   * Returns the tokenizer of a model, for all threads. It stays open; callers do not close it.
   *
   * @param model the name of the model, as {@link ModelFolder} takes it
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the model or its file that
   *     cannot be read; the next call tries again
   */
  CLIPTokenizer get(String model) {
    return LOADED.computeIfAbsent(model, this::load);
  }

  private CLIPTokenizer load(String model) {
    Path folder = ModelFolder.of(model, Path.of(modelCache), hadoop.value()).localize();
    return CLIPTokenizer.fromPretrained(ModelIndex.open(folder).part("tokenizer"));
  }
}
