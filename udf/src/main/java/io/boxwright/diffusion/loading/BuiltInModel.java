package io.boxwright.diffusion.loading;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Shapes, the small trained pipeline of {@code datasets/shapes}. Its folder is inside the jar, so
 * it is wherever the code is.
 */
public final class BuiltInModel {

  /** The name that stands for this model where a folder is expected. */
  public static final String NAME = "shapes";

  /** All of its files. Not every class loader can list what is inside a jar. */
  static final List<String> FILES =
      List.of(
          "layout_guidance.json",
          "model_index.json",
          "scheduler/scheduler_config.json",
          "text_encoder/config.json",
          "text_encoder/model.safetensors",
          "tokenizer/merges.txt",
          "tokenizer/special_tokens_map.json",
          "tokenizer/tokenizer_config.json",
          "tokenizer/vocab.json",
          "unet/config.json",
          "unet/diffusion_pytorch_model.safetensors",
          "vae/config.json",
          "vae/diffusion_pytorch_model.safetensors");

  private static List<ModelFile> listing; // null: not read yet

  private BuiltInModel() {}

  /**
   * Returns its folder on this host, and unpacks it first if necessary.
   *
   * @throws ModelLoadingException if it cannot be unpacked
   */
  public static Path folder(ModelCache cache) {
    return cache.folder(NAME, listFiles());
  }

  /** Returns the files of its tokenizer, which models without their own tokenizer may share. */
  static Stream<ModelFile> tokenizerFiles() {
    return listFiles().stream().filter(file -> file.path().startsWith("tokenizer/"));
  }

  /** Lists the files with their versions. All of them are read for that, once in a process. */
  private static synchronized List<ModelFile> listFiles() {
    if (listing == null) {
      listing = FILES.stream().map(path -> ModelFile.inJar(NAME, path)).toList();
    }
    return listing;
  }
}
