package io.boxwright.clip;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.util.Utils;
import io.boxwright.loading.ModelLoadingException;
import io.boxwright.loading.NativeLibraries;
import io.boxwright.text.Printable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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

  /** A character for each first byte that UTF-8 has, and for each byte that follows one. */
  private static final String EVERY_BYTE =
      IntStream.concat(
              IntStream.range(0, 0x800),
              IntStream.concat(
                  IntStream.range(0, 0x10).map(i -> i << 12 | 0x800).filter(c -> c >> 11 != 0x1B),
                  IntStream.rangeClosed(0, 4).map(i -> Math.max(i << 18, 0x10000))))
          .mapToObj(Character::toString)
          .collect(Collectors.joining());

  private static final Map<String, String> WHOLE_PROMPTS =
      Map.of("truncation", "false", "padding", "false");

  static {
    // On a host with CUDA, DJL would fetch another build of the library from the network.
    setUnlessPresent("RUST_FLAVOR", "cpu");
    setUnlessPresent("OPT_OUT_TRACKING", "true");
  }

  private final HuggingFaceTokenizer tokenizer;
  private final int padTokenId;
  private final int largestId;

  private CLIPTokenizer(HuggingFaceTokenizer tokenizer, int padTokenId, int largestId) {
    this.tokenizer = tokenizer;
    this.padTokenId = padTokenId;
    this.largestId = largestId;
  }

  /**
   * Loads a {@code tokenizer} folder.
   *
   * @param folder with {@code tokenizer.json}, or with {@code vocab.json} and {@code merges.txt};
   *     {@code tokenizer_config.json} and {@code special_tokens_map.json} may be there
   * @throws ModelLoadingException if files are missing, contradict each other, or cannot cut every
   *     prompt
   */
  public static CLIPTokenizer fromPretrained(Path folder) {
    TokenizerDefinition definition = TokenizerDefinition.read(folder);
    byte[] json = definition.toJson();
    try {
      NativeLibraries.load(NativeLibraries.TOKENIZERS, LibUtils::checkStatus);
      HuggingFaceTokenizer library =
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), WHOLE_PROMPTS);
      CLIPTokenizer tokenizer =
          new CLIPTokenizer(library, definition.padTokenId(), definition.largestId());
      tokenizer.closeUnless(() -> tokenizer.requireUsable(definition));
      return tokenizer;
    } catch (IOException | RuntimeException e) {
      throw new ModelLoadingException(
          "Cannot load tokenizer from " + folder + ": " + e.getMessage(), e);
    }
  }

  private void closeUnless(Runnable check) {
    try {
      check.run();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Cuts a text of every byte that text can have, which else would fail row after row. */
  private void requireUsable(TokenizerDefinition definition) {
    long[] ids = tokenizer.encode(EVERY_BYTE, true, false).getIds();
    if (ids[0] != definition.startTokenId() || ids[ids.length - 1] != definition.endTokenId()) {
      throw new IllegalArgumentException("prompts do not begin and end with its special tokens");
    }
    definition.tokensBesideVocabulary().forEach(this::requireId);
  }

  /** The library numbers these tokens by itself. */
  private void requireId(String content, int id) {
    long[] ids = tokenizer.encode(content, false, false).getIds();
    if (ids.length != 1 || ids[0] != id) {
      throw new IllegalArgumentException(
          "the added token %s cannot have the id %d: it must be the next one after the vocabulary"
              .formatted(Printable.value(content), id));
    }
  }

  /** The highest id that a token can have. */
  public int largestId() {
    return largestId;
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
    return tokenIndices(prompt, List.of(phrase)).get(0);
  }

  /**
   * {@link #tokenIndices(String, String)} of several phrases, a list each. The prompt is cut into
   * tokens once.
   *
   * @throws IllegalArgumentException naming the first phrase that is empty or does not occur
   */
  public List<List<Integer>> tokenIndices(String prompt, List<String> phrases) {
    long[] all = tokenizer.encode(prompt, true, false).getIds();
    return phrases.stream().map(phrase -> tokenIndices(prompt, all, phrase)).toList();
  }

  private List<Integer> tokenIndices(String prompt, long[] all, String phrase) {
    long[] wanted = tokenizer.encode(phrase, false, false).getIds();
    if (wanted.length == 0) {
      throw new IllegalArgumentException("phrase '" + phrase + "' is empty");
    }
    int start = indexOf(all, wanted);
    if (start < 0) {
      throw new IllegalArgumentException(
          "phrase '%s' does not occur in prompt '%s'".formatted(phrase, prompt));
    }
    if (start + wanted.length > LAST) {
      throw new IllegalArgumentException(
          "phrase '%s' occurs only after the first %d tokens of prompt '%s', which is cut there"
              .formatted(phrase, MODEL_MAX_LENGTH - 2, prompt));
    }
    return IntStream.range(start, start + wanted.length).boxed().toList();
  }

  /**
   * The text of some tokens of a prompt, such as {@code red circle}: for tokens of one phrase the
   * inverse of {@link #tokenIndices}. Indices outside the prompt's text are left out.
   */
  public String text(String prompt, List<Integer> tokenIndices) {
    return texts(prompt, List.of(tokenIndices)).get(0);
  }

  /** {@link #text} of several phrases' tokens. The prompt is cut into tokens once. */
  public List<String> texts(String prompt, List<List<Integer>> tokenIndices) {
    TokenizedPrompt encoded = encode(prompt);
    return tokenIndices.stream().map(tokens -> text(encoded, tokens)).toList();
  }

  private String text(TokenizedPrompt encoded, List<Integer> tokenIndices) {
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
