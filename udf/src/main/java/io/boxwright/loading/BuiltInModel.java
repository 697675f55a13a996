package io.boxwright.loading;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

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

  private static ModelFile file(String path) {
    byte[] bytes = read(path);
    String version = UUID.nameUUIDFromBytes(bytes).toString();
    return new ModelFile(path, bytes.length, version, () -> new ByteArrayInputStream(bytes));
  }

  private static byte[] read(String path) {
    try (InputStream in = BuiltInModel.class.getResourceAsStream(NAME + "/" + path)) {
      if (in == null) {
        throw new ModelLoadingException(
            "Cannot load %s: its %s is not in the jar".formatted(NAME, path));
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + path + " of " + NAME, e);
    }
  }
}
