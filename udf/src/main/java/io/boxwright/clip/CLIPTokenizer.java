package io.boxwright.clip;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.util.Utils;
import io.boxwright.loading.ModelLoadingException;
import io.boxwright.loading.NativeLibraries;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Cuts prompts into the tokens of CLIP, as transformers' {@code CLIPTokenizer} does, on
 * HuggingFace's own tokenizers library. May be used by several threads; closing frees native
 * memory.
 *
 * <p>A token index, here and in layouts, is a position in the tokenised prompt: 0 is the start
 * token, 1 the first token of the text.
 */
public final class CLIPTokenizer implements AutoCloseable {

  /** Tokens that the text encoder reads, start and end token included: {@code model_max_length}. */
  public static final int MODEL_MAX_LENGTH = 77;

  private static final int LAST = MODEL_MAX_LENGTH - 1;

  private static final Map<String, String> WHOLE_PROMPTS =
      Map.of("truncation", "false", "padding", "false");

  static {
    // On a host with CUDA, DJL would fetch another build of the library from the network.
    setUnlessPresent("RUST_FLAVOR", "cpu");
    setUnlessPresent("OPT_OUT_TRACKING", "true");
  }

  private final HuggingFaceTokenizer tokenizer;
  private final int padTokenId;

  private CLIPTokenizer(HuggingFaceTokenizer tokenizer, int padTokenId) {
    this.tokenizer = tokenizer;
    this.padTokenId = padTokenId;
  }

  /**
   * Loads a {@code tokenizer} folder.
   *
   * @param folder with {@code tokenizer.json}, or with {@code vocab.json} and {@code merges.txt};
   *     {@code tokenizer_config.json} and {@code special_tokens_map.json} may be there
   * @throws ModelLoadingException if files are missing or contradict each other
   */
  public static CLIPTokenizer fromPretrained(Path folder) {
    TokenizerDefinition definition = TokenizerDefinition.read(folder);
    byte[] json = definition.toJson();
    try {
      NativeLibraries.load(NativeLibraries.TOKENIZERS, LibUtils::checkStatus);
      return new CLIPTokenizer(
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), WHOLE_PROMPTS),
          definition.padTokenId());
    } catch (IOException | RuntimeException e) {
      throw new ModelLoadingException(
          "Cannot load tokenizer from " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Cuts a prompt into tokens, keeps as many as the text encoder reads, and pads. */
  public TokenizedPrompt encode(String prompt) {
    long[] all = tokenizer.encode(prompt, true, false).getIds();
    int[] ids = new int[MODEL_MAX_LENGTH];
    Arrays.fill(ids, padTokenId);
    int length = Math.min(all.length, MODEL_MAX_LENGTH);
    for (int i = 0; i < length; i++) {
      ids[i] = (int) all[i];
    }
    if (all.length == length) {
      return new TokenizedPrompt(ids, length, all.length, "");
    }
    ids[LAST] = (int) all[all.length - 1]; // the end token
    String removed = decode(Arrays.copyOfRange(all, LAST, all.length - 1));
    return new TokenizedPrompt(ids, length, all.length, removed);
  }

  /**
   * The text of every token that the text encoder reads, by token index: the start token first, the
   * end token last, no padding. A token that ends a word ends in {@code </w>}.
   */
  public List<String> tokens(String prompt) {
    String[] all = tokenizer.encode(prompt, true, false).getTokens();
    String[] kept = Arrays.copyOf(all, Math.min(all.length, MODEL_MAX_LENGTH));
    kept[kept.length - 1] = all[all.length - 1];
    return List.of(kept);
  }

  /**
   * The token indices of a phrase's first occurrence in a prompt. Case and spaces do not matter,
   * but both must be cut into the same tokens: {@code cat} does not occur in {@code cats}.
   *
   * @throws IllegalArgumentException if the phrase is empty, does not occur, or only in the part of
   *     the prompt that the text encoder does not read
   */
  public List<Integer> tokenIndices(String prompt, String phrase) {
    long[] wanted = tokenizer.encode(phrase, false, false).getIds();
    if (wanted.length == 0) {
      throw new IllegalArgumentException("phrase '" + phrase + "' is empty");
    }
    long[] all = tokenizer.encode(prompt, true, false).getIds();
    int start = indexOf(all, wanted);
    if (start < 0) {
      throw new IllegalArgumentException(
          "phrase '%s' does not occur in prompt '%s'".formatted(phrase, prompt));
    }
    if (start + wanted.length > LAST) {
      throw new IllegalArgumentException(
          "phrase '%s' occurs only behind the first %d tokens of prompt '%s', which is cut there"
              .formatted(phrase, MODEL_MAX_LENGTH - 2, prompt));
    }
    return IntStream.range(start, start + wanted.length).boxed().toList();
  }

  /**
   * The text of some tokens of a prompt, such as {@code red circle}: for tokens of one phrase the
   * inverse of {@link #tokenIndices}. Indices outside the prompt's text are left out.
   */
  public String text(String prompt, List<Integer> tokenIndices) {
    TokenizedPrompt encoded = encode(prompt);
    return decode(
        tokenIndices.stream()
            .filter(index -> index > 0 && index < encoded.length() - 1)
            .mapToLong(index -> encoded.ids()[index])
            .toArray());
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private static int indexOf(long[] all, long[] wanted) {
    return IntStream.rangeClosed(1, all.length - 1 - wanted.length)
        .filter(i -> Arrays.equals(all, i, i + wanted.length, wanted, 0, wanted.length))
        .findFirst()
        .orElse(-1);
  }

  /** As transformers decodes: the marks of word ends become spaces. */
  private String decode(long[] ids) {
    return tokenizer.decode(ids, false).replace("</w>", " ").strip();
  }

  private static void setUnlessPresent(String name, String value) {
    if (Utils.getEnvOrSystemProperty(name) == null) {
      System.setProperty(name, value);
    }
  }
}
