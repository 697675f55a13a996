package io.boxwright.diffusion.loading;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Shapes, the small trained pipeline of {@code datasets/shapes}. Its folder is inside the jar, so
 * that it is wherever the code is.
 */
public final class BuiltInModel {

  /** What it is called where models are named. */
  public static final String NAME = "shapes";

  /** All of its files: what is inside a jar cannot be listed by every class loader. */
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

  private BuiltInModel() {}

  /**
   * Its folder on this host, unpacked now if it is not there yet.
   *
   * @throws ModelLoadingException if it cannot be unpacked
   */
  public static Path folder(ModelCache cache) {
    return cache.folder(NAME, FILES.stream().map(BuiltInModel::file).toList());
  }

  /** Those of its tokenizer, which models without one of their own may share. */
  static Stream<ModelFile> tokenizer() {
    return FILES.stream().filter(path -> path.startsWith("tokenizer/")).map(BuiltInModel::file);
  }

  private static ModelFile file(String path) {
    return ModelFile.inJar(NAME, path);
  }
}
