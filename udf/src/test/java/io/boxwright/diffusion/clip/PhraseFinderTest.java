package io.boxwright.diffusion.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhraseFinderTest {

  private static CLIPTokenizer tokenizer;

  @BeforeAll
  static void load() {
    tokenizer = CLIPTokenizer.fromPretrained(ClipFixtures.folder("sd1/tokenizer"));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  /** Words of the prompt are named by number, from 1: {@code dog@5} begins with the fifth word. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a sheepdog and a dog        | sheepdog, dog            | sheepdog@2 dog@5
          a sheepdog and a dog        | dog, sheepdog            | dog@5 sheepdog@2
          a hot dog and a dog         | dog, hot dog             | dog@6 hot dog@2
          a hot dog and a dog         | hot dog, dog             | hot dog@2 dog@6
          a dog and a hot dog         | hot dog, dog             | hot dog@5 dog@2
          a hot dog                   | hot dog, dog             | hot dog@2 dog@3
          a black cat and a red cat   | cat, red cat, black cat  | cat@3 red cat@6 black cat@2
          a cat and a cat             | cat, cat                 | cat@2 cat@5
          a cat, a CAT and a cat      | Cat, cat, cat            | cat@2 cat@4 cat@7
          two cats                    | cats, cats               | cats@2 cats@2
          a cat's toy                 | cat                      | cat@2
          a blue-green ball           | green                    | green@3
          """)
  void phrasesHaveWordsOfTheirOwn(String prompt, String phrases, String wanted) {
    List<String> words = words(prompt);
    List<PhraseMatch> matches = tokenizer.findPhrases(tokenizer.encode(prompt), split(phrases));

    assertThat(matches.stream().map(match -> place(prompt, words, match)))
        .containsExactly(wanted.split(" (?=\\D+@)(?<=\\d )"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a sheepdog                  | dog
          12 cats                     | 2 cats
          a catalogue                 | cat
          a dog's ball                | cat
          one man and a woman         | men women
          a hotdog                    | dog
          """)
  void partsOfWordsAreNoWords(String prompt, String phrase) {
    assertThatThrownBy(() -> tokenizer.findPhrases(tokenizer.encode(prompt), List.of(phrase)))
        .hasMessage("phrase '%s' does not occur in prompt '%s'", phrase, prompt);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          two cats                     | cat            | cats
          a cat                        | cats           | cat
          three people in a park       | person         | people
          two women and a man          | woman          | women
          two women and a man          | men            | man
          four knives and a fork       | knife          | knives
          some children                | child          | children
          two buses                    | bus            | buses
          a few buss and benchs        | bus            | buss
          a few buss and benchs        | bench          | benchs
          three wine glasses           | wine glass     | wine glasses
          cups of coffee               | cup of coffee  | cups of coffee
          a teddy bear                 | teddy_bear     | teddy bear
          a teddy bear                 | teddy-bear     | teddy bear
          a hot-dog                    | hot dog        | hot-dog
          two teddy bears              | teddy_bear     | teddy bears
          the red ball                 | a red ball     | red ball
          red ball and hat             | The red ball   | red ball
          two red balls                | a red ball     | red balls
          two sports balls             | a sports_ball  | sports balls
          """)
  void nearWordsAreFoundWithAWarning(String prompt, String phrase, String spelling) {
    PhraseMatch match = tokenizer.findPhrases(tokenizer.encode(prompt), List.of(phrase)).get(0);

    assertThat(tokenizer.text(tokenizer.encode(prompt), match.tokenIndices()).replace(" - ", "-"))
        .isEqualTo(spelling);
    assertThat(match.warnings())
        .containsExactly("phrase '%s' was found as '%s'".formatted(phrase, spelling));
  }

  @Test
  void wordForWordGoesFirst() {
    PhraseMatch match =
        tokenizer.findPhrases(tokenizer.encode("some cats and a cat"), List.of("cat")).get(0);

    assertThat(tokenizer.text(tokenizer.encode("some cats and a cat"), match.tokenIndices()))
        .isEqualTo("cat");
    assertThat(match.warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a cat and a cat      | cat            | occurs 2 times in the prompt and has 1 box: it is on the first
          a cat, a cat, a cat  | cat, cat       | occurs 3 times in the prompt and has 2 boxes: they are on the first 2
          a cat and a cat      | cat, cat, cat  | occurs 2 times in the prompt and has 3 boxes: all are on the first
          """)
  void aChoiceIsNamed(String prompt, String phrases, String warning) {
    assertThat(tokenizer.findPhrases(tokenizer.encode(prompt), split(phrases)))
        .allSatisfy(
            match -> assertThat(match.warnings()).containsExactly("phrase 'cat' " + warning));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a red cat and a blue cat | cat, cat, red cat | 7 7 2,3 | occurs 2 times in the prompt, 1 of them in other phrases, and has 2 boxes: all are on the first of the others
          a red cat and a cat      | cat, red cat, cat, a cat | 3 2,3 3 5,6 | occurs 2 times in the prompt, 2 of them in other phrases, and has 2 boxes: all are on the first
          """)
  void aChoiceAmongWhatLongerPhrasesLeaveIsNamed(
      String prompt, String phrases, String indices, String warning) {
    List<PhraseMatch> matches = tokenizer.findPhrases(tokenizer.encode(prompt), split(phrases));

    assertThat(matches).extracting(PhraseMatch::tokenIndices).isEqualTo(tokens(indices));
    assertThat(matches.get(0).warnings()).contains("phrase 'cat' " + warning);
  }

  @Test
  void anOccurrenceThatIsCutOffIsMissed() {
    String prompt = "cat " + "x ".repeat(90) + "cat";

    assertThat(tokenizer.findPhrases(tokenizer.encode(prompt), List.of("cat", "cat")))
        .containsOnly(
            new PhraseMatch(
                List.of(1),
                List.of(
                    "phrase 'cat' occurs 2 times in the prompt, 1 of them where it is cut off, and"
                        + " has 2 boxes: all are on the first")));
    assertThat(tokenizer.findPhrases(tokenizer.encode(prompt), List.of("cat")).get(0).warnings())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a hot dog on a table  | hot dog, dog     | phrase 'dog' shares token 4 with phrase 'hot dog'
          a hot dog on a table  | dog, hot dog     | phrase 'dog' shares token 4 with phrase 'hot dog'
          a red cat on a mat    | red cat, cat on  | phrase 'cat on' shares token 3 with phrase 'red cat'
          two cats              | cats, two cats   | phrase 'cats' shares tokens 2, 3, 4 with phrase 'two cats'
          two cats              | cats, cat        | phrase 'cat' shares tokens 2, 3, 4 with phrase 'cats'
          two cats              | cats, Cats       | ''
          a hot dog and a dog   | hot dog, dog     | ''
          """)
  void tokensThatDifferentPhrasesShareAreNamed(String prompt, String phrases, String warning) {
    assertThat(tokenizer.findPhrases(tokenizer.encode(prompt), split(phrases)))
        .flatExtracting(PhraseMatch::warnings)
        .filteredOn(text -> text.contains("shares"))
        .isEqualTo(warning.isEmpty() ? List.of() : List.of(warning));
  }

  @Test
  void equalPhrasesWithoutEnoughOccurrencesAreOneObject() {
    assertThat(
            tokenizer.findPhrases(
                tokenizer.encode("a cat and a cat"), List.of("cat", "cat", "cat")))
        .extracting(PhraseMatch::tokenIndices)
        .containsOnly(List.of(2));
    List<Integer> cats = tokenizer.tokenIndices("two cats", "cats");
    assertThat(tokenizer.findPhrases(tokenizer.encode("two cats"), List.of("cat", "cat")))
        .extracting(PhraseMatch::tokenIndices)
        .containsOnly(cats);
  }

  @Test
  void letterlessScriptsAndAccentsKeepTheirWords() {
    assertThat(
            tokenizer.findPhrases(
                tokenizer.encode("un émigré 😀 cats"), List.of("cats", "émigré", "😀")))
        .allSatisfy(match -> assertThat(match.warnings()).isEmpty());
    assertThat(tokenizer.findPhrases(tokenizer.encode("猫と犬"), List.of("犬"))).hasSize(1);
  }

  /** Each occurrence has the tokens that are there, the last one with or without a word's end. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          一只猫和一只狗      | 猫          | 猫
          一只猫和一只狗      | 一只猫, 狗  | 一只猫 狗
          猫和猫和狗          | 猫, 猫      | 猫 猫
          แมวและหมา           | แมว, หมา    | แมว หมา
          猫cat狗             | cat         | cat
          T恤和帽子           | t恤         | t恤
          😀🎈 and 🎈         | 🎈, 🎈      | 🎈 🎈
          """)
  void wordsInsideOfARunAreFound(String prompt, String phrases, String wanted) {
    List<PhraseMatch> matches = tokenizer.findPhrases(tokenizer.encode(prompt), split(phrases));

    assertThat(matches).allSatisfy(match -> assertThat(match.warnings()).isEmpty());
    assertThat(matches).extracting(PhraseMatch::tokenIndices).doesNotHaveDuplicates();
    assertThat(matches)
        .extracting(match -> tokenizer.text(tokenizer.encode(prompt), match.tokenIndices()))
        .containsExactly(wanted.split(" "));
  }

  @Test
  void aLetterIsNotTakenWithoutItsMarks() {
    assertThatThrownBy(() -> tokenizer.findPhrases(tokenizer.encode("แม่และพ่อ"), List.of("แม")))
        .hasMessage("phrase 'แม' does not occur in prompt 'แม่และพ่อ'");
  }

  /** A vocabulary in which both signs together are one token. */
  @Test
  void wordsWithoutTokensOfTheirOwnNeedTokenIndices(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("vocab.json"),
        "{\"<|startoftext|>\":0,\"<|endoftext|>\":1,\"!\":2,\"?</w>\":3,\"?\":4,\"!?</w>\":5}");
    Files.writeString(folder.resolve("merges.txt"), "! ?</w>\n");

    try (CLIPTokenizer merging = CLIPTokenizer.fromPretrained(folder)) {
      assertThatThrownBy(() -> merging.findPhrases(merging.encode("!?"), List.of("?")))
          .hasMessage(
              "phrase '?' has no tokens of its own in prompt '!?', but shares them with its"
                  + " neighbours: give token_indices");
      assertThat(merging.tokenIndices("?!?", "?")).containsExactly(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a red ball and a cat | cat       | 3   | token_indices[0] stand for 'ball', phrases[0] says 'cat'; the tokens are used
          a red ball           | cat       | 3   | token_indices[0] stand for 'ball', phrases[0] says 'cat'; the tokens are used
          a cat                | cat       | 1   | token_indices[0] stand for 'a', phrases[0] says 'cat'; the tokens are used (is the start token counted? The first word has index 1)
          a red ball           | red ball  | 1 2 | ''
          a red ball           | red ball  | 3   | ''
          a red ball           | ball      | 2 3 | ''
          a red ball           | big ball  | 3   | ''
          two cats             | a cat     | 2   | ''
          a cat and a cat      | cat       | 5   | ''
          """)
  void contradictionsAreNamed(String prompt, String phrase, String indices, String wanted) {
    List<Integer> tokens = Arrays.stream(indices.split(" ")).map(Integer::valueOf).toList();

    assertThat(tokenizer.contradictions(tokenizer.encode(prompt), List.of(phrase), List.of(tokens)))
        .isEqualTo(wanted.isEmpty() ? List.of() : List.of(wanted));
  }

  @Test
  void placesWithoutAPhraseOrATokenContradictNothing() {
    assertThat(
            tokenizer.contradictions(
                tokenizer.encode("a cat"),
                Arrays.asList(null, " "),
                List.of(List.of(1), List.of(2))))
        .isEmpty();
    assertThat(
            tokenizer.contradictions(
                tokenizer.encode("a cat"), List.of("cat"), List.of(List.of(-1, 99))))
        .hasSize(1);
  }

  /** Of texts such as {@code 2,3 5}. */
  private static List<List<Integer>> tokens(String indices) {
    return Stream.of(indices.split(" "))
        .map(tokens -> Stream.of(tokens.split(",")).map(Integer::valueOf).toList())
        .toList();
  }

  private static List<String> split(String phrases) {
    return Stream.of(phrases.split(",")).map(String::strip).toList();
  }

  private static List<String> words(String prompt) {
    return Arrays.asList(prompt.toLowerCase().replaceAll("[,']|'s", " ").strip().split("[ -]+"));
  }

  /** The text of a match and the number of its first word. */
  private static String place(String prompt, List<String> words, PhraseMatch match) {
    List<String> tokens = tokenizer.encode(prompt).tokens();
    int word = 1;
    for (int token = 1; token < match.tokenIndices().get(0); token++) {
      String text = tokens.get(token);
      word += text.endsWith("</w>") && Character.isLetterOrDigit(text.charAt(0)) ? 1 : 0;
    }
    String text = tokenizer.text(tokenizer.encode(prompt), match.tokenIndices());
    assertThat(words.get(word - 1)).isEqualTo(text.split(" ")[0]);
    return text + "@" + word;
  }
}
