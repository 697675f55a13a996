package io.boxwright.diffusion.loading;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.boxwright.text.Printable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The vectors of a {@link TextualInversion}, whose file's header was read. Follows diffusers'
 * {@code load_textual_inversion}.
 */
public final class LearnedEmbedding {

  /** The names that other programs give to the only tensor; nobody writes them in prompts. */
  private static final List<String> NAMELESS = List.of("emb_params", "<*>", "*");

  private static final List<String> XL_NAMES = List.of("clip_l", "clip_g");

  private static final int MOST_VECTORS = 200;

  private final Path file;
  private final String token;
  private final SafeTensor tensor; // (vectors, width)

  private LearnedEmbedding(Path file, String token, SafeTensor tensor) {
    this.file = file;
    this.token = token;
    this.tensor = tensor;
  }

  /**
   * Reads the header of a file.
   *
   * @throws ModelLoadingException naming the file and what is wrong with it
   */
  public static LearnedEmbedding read(TextualInversion inversion) {
    Path file = inversion.file();
    if (file.getFileName().toString().matches(".*\\.(bin|ckpt|pt|pth)")) {
      throw failure(file, "it is pickled; convert it to safetensors, as udf/docs/models.md says");
    }
    Map<String, SafeTensor> tensors = SafeTensors.read(file);
    if (tensors.keySet().stream().anyMatch(XL_NAMES::contains)) {
      throw failure(file, "it is made for Stable Diffusion XL, which is not supported");
    }
    if (tensors.size() != 1) {
      throw failure(
          file, "it has %d tensors, a textual inversion has one".formatted(tensors.size()));
    }
    String name = tensors.keySet().iterator().next();
    if (inversion.token().isEmpty() && NAMELESS.contains(name)) {
      throw failure(file, "it does not name its token: give FILE:TOKEN");
    }
    String token = inversion.token().orElse(name);
    if (token.isBlank() || !token.equals(token.strip())) {
      throw failure(
          file,
          "its token %s is blank or has blanks around it: give FILE:TOKEN"
              .formatted(Printable.value(token)));
    }
    return new LearnedEmbedding(file, token, toVectors(file, tensors.get(name)));
  }

  private static SafeTensor toVectors(Path file, SafeTensor tensor) {
    long[] shape = tensor.shape();
    long vectors = shape.length == 2 ? shape[0] : 1;
    if (shape.length < 1
        || shape.length > 2
        || vectors < 1
        || vectors > MOST_VECTORS
        || !tensor.type().dataType().isFloating()) {
      throw failure(
          file,
          "its tensor is no list of 1 to %d vectors of floating-point numbers"
              .formatted(MOST_VECTORS));
    }
    long[] matrix = {vectors, shape[shape.length - 1]};
    return new SafeTensor(tensor.file(), tensor.type(), matrix, tensor.position());
  }

  /**
   * Returns the tokens, one for each vector: {@code TOKEN}, {@code TOKEN_1}, {@code TOKEN_2} and so
   * on.
   */
  public List<String> tokens() {
    return Stream.concat(
            Stream.of(token),
            IntStream.range(1, (int) tensor.shape()[0]).mapToObj(i -> token + "_" + i))
        .toList();
  }

  /**
   * Checks the length of the vectors.
   *
   * @param width the length of the text encoder's embeddings
   * @throws ModelLoadingException naming the file, if it is another
   */
  public void requireWidth(long width) {
    if (tensor.shape()[1] != width) {
      throw failure(
          "its vectors have %d numbers, but those of this model have %d; is it made for another family of models?"
              .formatted(tensor.shape()[1], width));
    }
  }

  /**
   * Reads the vectors.
   *
   * @param manager the owner of the result
   * @param dataType the type of its numbers
   * @return (vectors, width)
   */
  public NDArray vectors(NDManager manager, DataType dataType) {
    try (TensorReader reader = new TensorReader(manager, dataType)) {
      return reader.read(tensor);
    }
  }

  /** Returns an error that names the file. */
  public ModelLoadingException failure(String problem) {
    return failure(file, problem);
  }

  private static ModelLoadingException failure(Path file, String problem) {
    return new ModelLoadingException(
        "Cannot read the textual inversion %s: %s".formatted(file, problem));
  }
}
