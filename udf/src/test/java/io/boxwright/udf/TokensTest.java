package io.boxwright.udf;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.loading.ModelLoadingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokensTest extends SqlSession {

  private static String cut(String arguments) {
    return select("SELECT array_join(boxwright.tokens(%s), ' ')".formatted(arguments));
  }

  @Test
  void givesTheTextsOfTheTokensByIndex() {
    assertThat(cut("'shapes', 'A red circle'"))
        .isEqualTo("<|startoftext|> a</w> red</w> circle</w> <|endoftext|>");
    assertThat(cut("'shapes', ''")).isEqualTo("<|startoftext|> <|endoftext|>");
  }

  @Test
  void indicesAreThoseOfTokenIndices() {
    assertThat(
            TokensTest.<String>select(
                "SELECT to_json(transform("
                    + "boxwright.token_indices('shapes', 'a big red star', array('red star'))[0],"
                    + " i -> boxwright.tokens('shapes', 'a big red star')[i]))"))
        .isEqualTo("[\"red</w>\",\"star</w>\"]");
  }

  @Test
  void aLongPromptIsCutAsTheTextEncoderDoes() {
    assertThat(
            TokensTest.<Integer>select(
                "SELECT size(boxwright.tokens('shapes', repeat('red ', 100)))"))
        .isEqualTo(77);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NULL, 'a circle'", "'shapes', NULL"})
  void nullGivesNull(String arguments) {
    assertThat(cut(arguments)).isNull();
  }

  @Test
  void whatIsWrongIsNamed() {
    assertThat(catchFailure(() -> cut("'shapes', repeat('a', 10001)")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid prompt: 10001 characters, the limit is 10000");
    assertThat(catchFailure(() -> cut("'/no/model', 'a cat'")))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("/no/model: it is not a folder");
  }
}
