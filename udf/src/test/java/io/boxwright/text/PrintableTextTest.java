package io.boxwright.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTextTest {

  @Test
  void ordinaryTextStaysAsItIs() {
    String text = "un été à 猫, 👩\u200d🚀 \u200fשלום";

    assertThat(PrintableText.line(text)).isEqualTo(text);
  }

  @Test
  void whatSteersATerminalIsEscaped() {
    assertThat(PrintableText.line("a\u001b[2Jb\u0007\u0000\u009b1m\u007f"))
        .isEqualTo("a\\u001b[2Jb\\u0007\\u0000\\u009b1m\\u007f");
  }

  @Test
  void whatBreaksOrTurnsALineIsEscaped() {
    assertThat(PrintableText.line("a\nb\r\tc\u2028d\u202ee\u2066\ud800"))
        .isEqualTo("a\\nb\\r\\tc\\u2028d\\u202ee\\u2066\\ud800");
  }

  @Test
  void linesOfOursStay() {
    assertThat(PrintableText.lines("one\n  two\u001b")).isEqualTo("one%n  two\\u001b".formatted());
  }

  @Test
  void longTextIsCutBetweenCharacters() {
    assertThat(PrintableText.line("abcd", 4)).isEqualTo("abcd");
    assertThat(PrintableText.line("abcde", 4)).isEqualTo("abcd...");
    assertThat(PrintableText.line("abc👍e", 4)).isEqualTo("abc...");
  }
}
