package io.boxwright.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

  @Test
  void wordsOfAllLanguagesStayAsTheyAre() {
    for (String text : new String[] {"", "a cat", "猫 кот Ünï", "می\u200Cخواهم", "👩\u200D🚀"}) {
      assertThat(Printable.line(text)).isEqualTo(text);
    }
  }

  @Test
  void whatMovesATerminalIsEscaped() {
    assertThat(Printable.line("a\u001B[2Jb\nc\rd\te\u0000\u007F\u009B"))
        .isEqualTo("a\\u001B[2Jb\\nc\\rd\\te\\u0000\\u007F\\u009B");
    assertThat(Printable.line("\u202Egnp\u202C \u2066\u2028\u2029\uFEFF"))
        .isEqualTo("\\u202Egnp\\u202C \\u2066\\u2028\\u2029\\uFEFF");
    assertThat(Printable.lines("one\n  two\u001B")).isEqualTo("one%n  two\\u001B".formatted());
    assertThat(Printable.line("half \uD83D of one")).isEqualTo("half \\uD83D of one");
  }

  @Test
  void namesThatAreNoWordsAreQuoted() {
    assertThat(Printable.name("token_indices")).isEqualTo("token_indices");
    for (String name : new String[] {"", "ID ", " phrases", "a b", "a,b", "a\u00A0b"}) {
      assertThat(Printable.name(name)).isEqualTo("'" + name + "'");
    }
    assertThat(Printable.name("a\nb")).isEqualTo("'a\\nb'");
  }

  @Test
  void longTextKeepsItsBeginningAndItsEnd() {
    String value = Printable.value("begin" + "x".repeat(10_000_000) + "end");
    assertThat(value).hasSize(Printable.LONGEST_VALUE).startsWith("beginx").endsWith("xend");

    String line = Printable.line("begin" + "\n".repeat(900) + "end");
    assertThat(line).hasSize(Printable.LONGEST_LINE).startsWith("begin\\n").endsWith("\\nend");
  }

  @Test
  void textThatJustFitsIsNotCut() {
    for (int length = 98; length <= 102; length++) {
      String value = Printable.value("x".repeat(length));
      assertThat(value.equals("x".repeat(length))).isEqualTo(length <= Printable.LONGEST_VALUE);
      assertThat(value.length()).isLessThanOrEqualTo(Printable.LONGEST_VALUE);
    }
    assertThat(Printable.value(null)).isEqualTo("null");
    assertThat(Printable.line(null)).isNull();
  }
}
