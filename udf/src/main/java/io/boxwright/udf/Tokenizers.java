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
 * memory. A folder that changes meanwhile is not read again.
 *
 * @param modelCache the folder for copies of models on each host
 * @param hadoop the settings of file systems
 */
record Tokenizers(String modelCache, SerializableConfiguration hadoop) implements Serializable {

  private static final Map<String, CLIPTokenizer> LOADED = new ConcurrentHashMap<>();

  /** Makes tokenizers of models on file systems by Hadoop's settings. */
  static Tokenizers of(Path modelCache, Configuration hadoop) {
    return new Tokenizers(modelCache.toString(), new SerializableConfiguration(hadoop));
  }

  /**
   * Returns the tokenizer of a model, for all threads. It stays open; callers do not close it.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the model or its file that
   *     cannot be read; the next call tries again
   */
  CLIPTokenizer get(String model) {
    return LOADED.computeIfAbsent(model, this::load);
  }

  private CLIPTokenizer load(String model) {
    Path folder = new ModelFolder(model, modelCache, hadoop).localize();
    return CLIPTokenizer.fromPretrained(ModelIndex.open(folder).part("tokenizer"));
  }
}
