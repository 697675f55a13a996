package io.boxwright.diffusion.clip;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.util.Utils;
import io.boxwright.diffusion.loading.LearnedEmbedding;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.files.NativeLibraries;
import io.boxwright.text.Printable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The tokenizer of CLIP, which cuts prompts into tokens as transformers' {@code CLIPTokenizer}
 * does, on HuggingFace's own tokenizers library. May be used by several threads; closing frees
 * native memory.
 *
 * <p>A token index, here and in layouts, is a position in the tokenised prompt: 0 is the start
 * token, 1 the first token of the text.
 */
public final class CLIPTokenizer implements AutoCloseable {

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
  private final LearnedTokens learnedTokens;
  private final int padTokenId;
  private final int largestId;
  private final int modelMaxLength;

  private CLIPTokenizer(
      HuggingFaceTokenizer tokenizer,
      TokenizerDefinition definition,
      List<LearnedEmbedding> learned) {
    this.tokenizer = tokenizer;
    this.learnedTokens = new LearnedTokens(definition.largestId() + 1, learned);
    this.padTokenId = definition.padTokenId();
    this.largestId = definition.largestId();
    this.modelMaxLength = definition.modelMaxLength();
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
    return fromPretrained(folder, List.of());
  }

  /**
   * Loads a {@code tokenizer} folder and adds the tokens of textual inversions. Their ids follow
   * {@link #largestId}, in order.
   *
   * @param folder the folder, as for {@link #fromPretrained(Path)}
   * @param learned the textual inversions
   * @throws ModelLoadingException if files are missing, contradict each other, or cannot cut every
   *     prompt, or if a textual inversion has a token that is there already
   */
  public static CLIPTokenizer fromPretrained(Path folder, List<LearnedEmbedding> learned) {
    TokenizerDefinition definition = TokenizerDefinition.read(folder).withLearned(learned);
    byte[] json = definition.toJson();
    try {
      NativeLibraries.load(NativeLibraries.TOKENIZERS, LibUtils::checkStatus);
      HuggingFaceTokenizer library =
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), WHOLE_PROMPTS);
      CLIPTokenizer tokenizer = new CLIPTokenizer(library, definition, learned);
      tokenizer.closeUnless(() -> tokenizer.requireUsable(definition));
      return tokenizer;
    } catch (ModelLoadingException e) { // which names the folder
      throw e;
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

  /** Cuts a text of every byte that text can have, because row after row would fail otherwise. */
  private void requireUsable(TokenizerDefinition definition) {
    long[] ids = tokenizer.encode(EVERY_BYTE, true, false).getIds();
    if (ids[0] != definition.startTokenId() || ids[ids.length - 1] != definition.endTokenId()) {
      throw new IllegalArgumentException("prompts do not begin and end with its special tokens");
    }
    definition.tokensBesideVocabulary().forEach(this::requireId);
  }

  /** Checks the id of a token that the library numbers by itself. */
  private void requireId(String content, int id) {
    long[] ids = tokenizer.encode(content, false, false).getIds();
    if (ids.length != 1 || ids[0] != id) {
      throw new IllegalArgumentException(
          "the added token %s cannot have the id %d: it must be the next one after the vocabulary"
              .formatted(Printable.value(content), id));
    }
  }

  /** Returns the highest id of the folder's own tokens; those of textual inversions follow. */
  public int largestId() {
    return largestId;
  }

  /**
   * Returns the number of tokens that the text encoder reads, start and end token included: {@code
   * model_max_length} of {@code tokenizer_config.json}, else 77.
   */
  public int modelMaxLength() {
    return modelMaxLength;
  }

  /** Cuts a prompt into tokens, keeps as many as the text encoder reads, and pads. */
  public TokenizedPrompt encode(String prompt) {
    String expanded = expand(prompt);
    Encoding encoding = tokenizer.encode(expanded, true, false);
    long[] all = encoding.getIds();
    int[] ids = new int[modelMaxLength];
    Arrays.fill(ids, padTokenId);
    int length = Math.min(all.length, modelMaxLength);
    for (int i = 0; i < length; i++) {
      ids[i] = (int) all[i];
    }
    if (all.length == length) {
      return new TokenizedPrompt(prompt, expanded, encoding, ids, length, "");
    }
    ids[length - 1] = (int) all[all.length - 1]; // the end token
    String removed = decode(Arrays.copyOfRange(all, length - 1, all.length - 1));
    return new TokenizedPrompt(prompt, expanded, encoding, ids, length, removed);
  }

  /**
   * Finds the token indices of a phrase in a prompt; see {@link #findPhrases}.
   *
   * @throws IllegalArgumentException if the phrase is empty, does not occur, or only in the part of
   *     the prompt that the text encoder does not read
   */
  public List<Integer> tokenIndices(String prompt, String phrase) {
    return findPhrases(encode(prompt), List.of(phrase)).get(0).tokenIndices();
  }

  /**
   * Finds phrases in a prompt. Case and spaces do not matter; a match begins and ends at a word,
   * and longer phrases choose first. The n-th of equal phrases has the n-th occurrence, if there
   * are as many; otherwise all have the first. A phrase that does not occur word for word is looked
   * for in the singular or plural, with blanks for underscores and hyphens, and without its
   * article; a warning says so. Warnings also name a choice among several occurrences, and tokens
   * that different phrases share.
   *
   * @param prompt made by this tokenizer
   * @return a match for each phrase
   * @throws IllegalArgumentException naming the first phrase that is empty or does not occur, or
   *     only in the part of the prompt that the text encoder does not read, or has no tokens of its
   *     own there
   */
  public List<PhraseMatch> findPhrases(TokenizedPrompt prompt, List<String> phrases) {
    return new PhraseFinder(tokenizer, this::expand, prompt).find(phrases);
  }

  /**
   * Compares phrases with the tokens that they belong to.
   *
   * @param prompt made by this tokenizer
   * @param phrases may have nulls
   * @param tokenIndices as many lists
   * @return a sentence for each phrase whose tokens are other words
   */
  public List<String> contradictions(
      TokenizedPrompt prompt, List<String> phrases, List<List<Integer>> tokenIndices) {
    PhraseFinder finder = new PhraseFinder(tokenizer, this::expand, prompt);
    return IntStream.range(0, phrases.size())
        .filter(place -> phrases.get(place) != null)
        .mapToObj(
            place -> {
              List<Integer> tokens = tokenIndices.get(place);
              return finder.contradiction(phrases.get(place), tokens, text(prompt, tokens), place);
            })
        .flatMap(Optional::stream)
        .toList();
  }

  /**
   * Returns the text of some tokens of a prompt, such as {@code red circle}: for the tokens of one
   * phrase, the inverse of {@link #tokenIndices}.
   *
   * @param prompt made by this tokenizer
   * @param tokenIndices any numbers; those outside the prompt's text are left out
   */
  public String text(TokenizedPrompt prompt, List<Integer> tokenIndices) {
    int[] ids = prompt.ids();
    return decode(
        tokenIndices.stream()
            .filter(index -> index > 0 && index < prompt.length() - 1)
            .mapToLong(index -> ids[index])
            .toArray());
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private String expand(String text) {
    return learnedTokens.expand(text, tokenizer);
  }

  /** Decodes as transformers does: the marks of word ends become spaces. */
  private String decode(long[] ids) {
    return tokenizer.decode(ids, false).replace("</w>", " ").strip();
  }

  private static void setUnlessPresent(String name, String value) {
    if (Utils.getEnvOrSystemProperty(name) == null) {
      System.setProperty(name, value);
    }
  }
}
