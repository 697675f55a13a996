package io.boxwright.diffusion.clip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptWordsTest {

  @ParameterizedTest
  @CsvSource({
    "A  Hot dog on a plate, hot dog, hot dog",
    "a plate, ' a   plate ', a plate",
    "two parking meters, parking_meter, parking meters",
    "a t-shirt, t shirt, t-shirt",
    "two cars, a car, cars",
    "one car, cars, car",
    "一只猫和一只狗, 猫, 猫",
  })
  void phrasesAreFoundInTheSpellingOfThePrompt(String prompt, String phrase, String spelling) {
    assertThat(new PromptWords(prompt).find(phrase)).contains(spelling);
  }

  @Test
  void partsOfWordsDoNotCount() {
    assertThat(new PromptWords("a sheepdog").find("dog")).isEmpty();
    assertThat(new PromptWords("a dog").find("")).isEmpty();
  }
}
