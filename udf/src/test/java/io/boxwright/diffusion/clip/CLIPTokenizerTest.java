package io.boxwright.diffusion.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.boxwright.diffusion.loading.ModelLoadingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CLIPTokenizerTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path temporary;
  private CLIPTokenizer tokenizer;

  @BeforeEach
  void openTokenizer() {
    tokenizer = CLIPTokenizer.fromPretrained(ClipFixtures.folder("sd1/tokenizer"));
  }

  @AfterEach
  void closeTokenizer() {
    tokenizer.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sd2", "transformers4", "transformers5"})
  void cutsPromptsAsTransformersDoes(String name) throws IOException {
    JsonNode expected = JSON.readTree(ClipFixtures.folder(name + "/tokens.json").toFile());
    try (CLIPTokenizer loaded =
        CLIPTokenizer.fromPretrained(ClipFixtures.folder(name + "/tokenizer"))) {
      for (JsonNode row : expected) {
        String prompt = row.get("prompt").asText();
        TokenizedPrompt tokenized = loaded.encode(prompt);
        List<String> tokens = texts(row.get("tokens"));
        assertThat(tokenized.ids()).as(prompt).containsExactly(ids(row.get("ids")));
        assertThat(tokenized.length()).as(prompt).isEqualTo(tokens.size());
        assertThat(tokenized.removedText()).isEqualTo(row.get("removed_text").asText());
        assertThat(loaded.encode(prompt).tokens()).isEqualTo(tokens);
      }
    }
  }

  @Test
  void findsThePositionsOfAPhrase() {
    String prompt = "A cat, a  DOG and the dog's ball";

    assertThat(tokenizer.encode(prompt).tokens().subList(4, 6)).containsExactly("a</w>", "dog</w>");
    assertThat(tokenizer.tokenIndices(prompt, "a dog")).containsExactly(4, 5);
    assertThat(tokenizer.tokenIndices(prompt, "Dog")).containsExactly(5);
    assertThat(tokenizer.tokenIndices(prompt, "a")).containsExactly(1);
    assertThat(tokenizer.tokenIndices(prompt, "the dog's ball")).containsExactly(7, 8, 9, 10);
    assertThat(tokenizer.tokenIndices(prompt, prompt)).startsWith(1).hasSize(10);
  }

  @Test
  void tokensOfAPhraseReadAsThePhrase() {
    String prompt = "A cat, a  DOG and the unbelievable ball";

    assertThat(tokenizer.encode(prompt).tokens())
        .contains("a</w>")
        .doesNotContain("unbelievable</w>");
    for (String phrase : List.of("a dog", "the unbelievable ball", "cat ,")) {
      assertThat(tokenizer.text(tokenizer.encode(prompt), tokenizer.tokenIndices(prompt, phrase)))
          .isEqualTo(phrase);
    }
    int last = tokenizer.encode(prompt).length() - 1;
    assertThat(tokenizer.text(tokenizer.encode(prompt), List.of(-1, 0, 5, last, 99)))
        .isEqualTo("dog");
    assertThat(tokenizer.text(tokenizer.encode(prompt), List.of(0))).isEmpty();
  }

  @Test
  void saysThatAPhraseDoesNotOccur() {
    assertThatThrownBy(() -> tokenizer.tokenIndices("a dog's ball", "cat"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("phrase 'cat' does not occur in prompt 'a dog's ball'");
    assertThatThrownBy(() -> tokenizer.tokenIndices("", "a long phrase"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("phrase 'a long phrase' does not occur in prompt ''");
    assertThatThrownBy(() -> tokenizer.tokenIndices("a dog", " "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("phrase ' ' is empty");
  }

  @Test
  void saysThatAPhraseOccursOnlyInTheCutPart() {
    assertThat(tokenizer.tokenIndices("a ".repeat(74) + "cat", "cat")).containsExactly(75);
    assertThat(tokenizer.tokenIndices("a ".repeat(73) + "cat dog cat", "dog")).containsExactly(75);
    for (String prompt :
        new String[] {"a ".repeat(75) + "the cat", "a ".repeat(74) + "the cat dog"}) {
      assertThatThrownBy(() -> tokenizer.tokenIndices(prompt, "the cat"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              "phrase 'the cat' occurs only after the first 75 tokens of prompt 'a a ")
          .hasMessageEndingWith("', which is cut there");
    }
  }

  @Test
  void onlyTokensOfTheKeptTextAreWords() {
    TokenizedPrompt whole = tokenizer.encode("a cat");
    TokenizedPrompt cut = tokenizer.encode("a ".repeat(80));

    assertThatCode(() -> whole.requireWord(2)).doesNotThrowAnyException();
    assertThatCode(() -> cut.requireWord(75)).doesNotThrowAnyException();
    assertNoWord(whole, -1, "the prompt has tokens 1 to 2");
    assertNoWord(whole, 0, "that is the start token");
    assertNoWord(whole, 3, "that is the end token");
    assertNoWord(whole, 4, "the prompt has tokens 1 to 2");
    assertNoWord(cut, 76, "it lies after the first 75 tokens, where the prompt is cut");
    assertNoWord(cut, 80, "it lies after the first 75 tokens, where the prompt is cut");
    assertNoWord(cut, 81, "that is the end token");
  }

  private static void assertNoWord(TokenizedPrompt prompt, int tokenIndex, String reason) {
    assertThatThrownBy(() -> prompt.requireWord(tokenIndex))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid token index " + tokenIndex + ": " + reason);
  }

  @Test
  void warnsOfTextThatWasCut() {
    assertThat(tokenizer.encode("a cat").warnings()).isEmpty();
    assertThat(tokenizer.encode("a ".repeat(75) + "Cat").warnings())
        .containsExactly("The prompt was cut to its first 75 tokens, without: cat");
  }

  @Test
  void servesSeveralThreads() {
    String prompt = "a photo of a cat and a dog";
    int[] alone = tokenizer.encode(prompt).ids();

    assertThat(IntStream.range(0, 200).parallel().mapToObj(i -> tokenizer.encode(prompt).ids()))
        .allSatisfy(ids -> assertThat(ids).containsExactly(alone));
  }

  @Test
  void survivesHalfOfASurrogatePair() {
    assertThat(tokenizer.encode("a \uD83D cat").length()).isGreaterThan(3);
  }

  @Test
  void saysWhichFilesAreMissing() throws IOException {
    assertRefused("there is no tokenizer.json and no vocab.json");
    Files.writeString(temporary.resolve("vocab.json"), "{}");
    assertRefused("there is no tokenizer.json and no merges.txt");
  }

  @Test
  void saysThatTheVocabularyLacksASpecialToken() throws IOException {
    Files.writeString(temporary.resolve("vocab.json"), "{\"<|startoftext|>\":0}");
    Files.writeString(temporary.resolve("merges.txt"), "#version: 0.2\n");

    assertRefused("the vocabulary has no token <|endoftext|>");
  }

  @Test
  void saysThatMergesDoNotBelongToTheVocabulary() throws IOException {
    Files.writeString(
        temporary.resolve("vocab.json"), "{\"<|startoftext|>\":0,\"<|endoftext|>\":1}");
    Files.writeString(temporary.resolve("merges.txt"), "#version: 0.2\na b</w>\n");

    assertRefused("merges.txt has the merge \"a b</w>\", which is not of two tokens");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "-1      | the id of token a in vocab.json is -1, it must be a whole number of at least 0",
        "2.0     | the id of token a in vocab.json is 2.0, it must be a whole number of at least 0",
        "'2'     | the id of token a in vocab.json is '2', it must be a whole number of at least 0",
        "null    | the id of token a in vocab.json is null, it must be",
        "3000000000 | the id of token a in vocab.json is 3000000000, it must be",
        "1       | tokens <|endoftext|> and a in vocab.json have the same id 1",
      })
  void idsThatNoTokenCanHaveAreRefused(String id, String problem) throws IOException {
    writeTokenizer("\"a\":" + id.replace('\'', '"'), "");

    assertRefused(problem.replace('\'', '"'));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a  b", "a b c", "a q", "\u0000 a", "b a"})
  void mergesThatAreNotOfTokensAreRefused(String merge) throws IOException {
    writeTokenizer("\"a\":2,\"b\":3,\"ab\":4", "a b\n" + merge + "\n");

    assertRefused("merges.txt has the merge \"" + merge.replace("\0", "\\u0000") + "\", which is");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 180})
  void mergesThatWereCutOffAreRefused(int lines) throws IOException {
    Path whole = ClipFixtures.folder("sd1/tokenizer");
    Files.copy(whole.resolve("vocab.json"), temporary.resolve("vocab.json"));
    List<String> merges = Files.readAllLines(whole.resolve("merges.txt"));
    Files.write(temporary.resolve("merges.txt"), merges.subList(0, lines));
    int lost = merges.size() - Math.max(1, lines); // the first line is the version

    assertRefused(
        "merges.txt lacks merges: the vocabulary has %d tokens that nothing gives, such as "
            .formatted(lost));
  }

  @Test
  void mergesOfATokenizerJsonThatWereCutOffAreRefused() throws IOException {
    Files.writeString(
        temporary.resolve("tokenizer.json"),
        "{\"model\": {\"vocab\": {\"<|startoftext|>\": 0, \"<|endoftext|>\": 1, \"a\": 2, \"b\": 3,"
            + " \"ab\": 4, \"a</w>\": 5}, \"merges\": []}}");

    assertRefused("tokenizer.json model.merges lacks merges: the vocabulary has 1 token that");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'bos_token': 5}       | tokenizer_config.json: bos_token is 5, it must be the text",
        "{'eos_token': ''}      | tokenizer_config.json: eos_token is '', it must be the text",
        "{'pad_token': ['a']}   | tokenizer_config.json: pad_token is ['a'], it must be the text",
        "{'unk_token': {'content': 5}} | tokenizer_config.json: unk_token.content is 5, it must be",
        "{'unk_token': {'content': 'a', 'special': 1, 'lstrip': 'x'}} | tokenizer_config.json:"
            + " unk_token.lstrip is 'x', it must be true or false",
        "{'added_tokens_decoder': []} | added_tokens_decoder is [], it must be an object",
        "{'added_tokens_decoder': {'x': {'content': 'n'}}} | the key added_tokens_decoder.x must end",
        "{'added_tokens_decoder': {'-1': {'content': 'n'}}} | the key added_tokens_decoder.-1 must",
        "{'added_tokens_decoder': {'99999999999': {'content': 'n'}}} | must end in the id of a token",
        "{'added_tokens_decoder': {'3': {'content': ' '}}} | added_tokens_decoder.3.content is ' ',",
        "{'added_tokens_decoder': {'3': null}} | added_tokens_decoder.3 is null, it must be the",
        "{'added_tokens_decoder': {'9': {'content': 'new'}}} | the added token new cannot have the id 9",
        "{'bos_token': 'gone'}  | the vocabulary has no token gone",
      })
  void hostileSpecialTokensAreRefused(String config, String problem) throws IOException {
    writeTokenizer("\"a\":2", "");
    Files.writeString(temporary.resolve("tokenizer_config.json"), config.replace('\'', '"'));

    assertThatThrownBy(() -> CLIPTokenizer.fromPretrained(temporary))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(temporary.toString())
        .hasMessageContaining(problem.replace('\'', '"'));
  }

  /** The library takes minutes to load hundreds of thousands of added tokens. */
  @Test
  @Timeout(10)
  void moreThanItCanLoadIsRefused() throws IOException {
    writeTokenizer("\"a\":2,\"b\":3,\"ab\":4", "a b\n".repeat(1_000_000));
    assertRefused("merges.txt has 1000000 merges, but the vocabulary has 5 tokens");

    writeTokenizer("\"a\":2", "");
    Path config = temporary.resolve("tokenizer_config.json");
    Files.writeString(
        config,
        IntStream.range(3, 200_003)
            .mapToObj("\"%1$d\": {\"content\": \"<%1$d>\"}"::formatted)
            .collect(Collectors.joining(",", "{\"added_tokens_decoder\": {", "}}")));
    assertThatThrownBy(() -> CLIPTokenizer.fromPretrained(temporary))
        .hasMessage(
            "Cannot read %s: added_tokens_decoder has 200000 tokens, at most 1000 are read",
            config);

    Files.writeString(config, "{\"pad_token\": \"%s\"}".formatted("x".repeat(5_000_000)));
    assertThatThrownBy(() -> CLIPTokenizer.fromPretrained(temporary))
        .hasMessageContaining("pad_token is \"xxx")
        .hasMessageContaining("the text of a token, of at most 1000 characters");
  }

  @Test
  void aTokenOfTheMapIsNamedByItsFile() throws IOException {
    writeTokenizer("\"a\":2", "");
    Files.writeString(temporary.resolve("special_tokens_map.json"), "{\"pad_token\": true}");

    assertThatThrownBy(() -> CLIPTokenizer.fromPretrained(temporary))
        .hasMessageContaining("special_tokens_map.json: pad_token is true, it must be the text");
  }

  @Test
  void aVocabularyThatCannotSpellIsRefusedUnlessItHasAWordForTheUnknown() throws IOException {
    writeTokenizer("\"a\":2", "");
    try (CLIPTokenizer loaded = CLIPTokenizer.fromPretrained(temporary)) {
      assertThat(loaded.encode("xyz").length()).isEqualTo(5);
      assertThat(loaded.largestId()).isEqualTo(2);
    }
    Files.writeString(
        temporary.resolve("tokenizer_config.json"),
        "{\"unk_token\": \"new\", \"added_tokens_decoder\": {\"3\": {\"content\": \"new\"}}}");

    assertRefused("Unk");
  }

  @Test
  void addedTokensCountAmongTheIds() throws IOException {
    writeTokenizer("\"a\":2", "");
    Files.writeString(
        temporary.resolve("tokenizer_config.json"),
        "{\"added_tokens_decoder\": {\"3\": {\"content\": \"<new>\"}, \"4\": {\"content\": \"B c\"}}}");

    try (CLIPTokenizer loaded = CLIPTokenizer.fromPretrained(temporary)) {
      assertThat(loaded.largestId()).isEqualTo(4);
      assertThat(loaded.encode("a <new>").ids()).startsWith(0, 1, 3, 1);
    }
  }

  /** Transformers writes 1e30 where it does not know the length. */
  @ParameterizedTest
  @CsvSource({"40, 40", "128, 128", "1e30, 77", "1000000000000000019884624838656, 77", "null, 77"})
  void promptsAreAsLongAsTheFolderSays(String length, int wanted) throws IOException {
    writeTokenizer("\"a</w>\":2", "");
    Files.writeString(
        temporary.resolve("tokenizer_config.json"), "{\"model_max_length\": %s}".formatted(length));

    try (CLIPTokenizer loaded = CLIPTokenizer.fromPretrained(temporary)) {
      TokenizedPrompt prompt = loaded.encode("a ".repeat(200));
      assertThat(loaded.modelMaxLength()).isEqualTo(wanted);
      assertThat(prompt.ids()).hasSize(wanted).startsWith(0, 2).endsWith(2, 1);
      assertThat(prompt.warnings().get(0)).contains("its first %d tokens".formatted(wanted - 2));
      assertThat(loaded.encode("a ".repeat(200)).tokens()).hasSize(wanted);
      assertThat(loaded.encode("a").ids()).hasSize(wanted).startsWith(0, 2, 1, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "-1", "40.5", "\"long\"", "[]"})
  void aLengthThatIsNoneIsRefused(String length) throws IOException {
    writeTokenizer("\"a</w>\":2", "");
    Files.writeString(
        temporary.resolve("tokenizer_config.json"), "{\"model_max_length\": %s}".formatted(length));

    assertRefused("model_max_length in tokenizer_config.json is " + length);
  }

  private void writeTokenizer(String tokens, String merges) throws IOException {
    Files.writeString(
        temporary.resolve("vocab.json"),
        "{\"<|startoftext|>\":0,\"<|endoftext|>\":1,%s}".formatted(tokens));
    Files.writeString(temporary.resolve("merges.txt"), "#version: 0.2\n" + merges);
  }

  private void assertRefused(String problem) {
    assertThatThrownBy(() -> CLIPTokenizer.fromPretrained(temporary))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageStartingWith("Cannot load tokenizer from " + temporary + ": ")
        .hasMessageContaining(problem)
        .hasMessageNotContaining(": Cannot load");
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static int[] ids(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
  }
}
