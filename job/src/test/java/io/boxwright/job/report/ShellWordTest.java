package io.boxwright.job.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordTest {

  @ParameterizedTest
  @ValueSource(strings = {"/data/out", "/my data/out", "it's", "$HOME", "a;b", "*", ""})
  void aShellReadsTheWordAsItIs(String word) throws Exception {
    Process shell = new ProcessBuilder("bash", "-c", "printf %s " + ShellWord.quoted(word)).start();

    assertThat(new String(shell.getInputStream().readAllBytes())).isEqualTo(word);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/data/out", "hdfs://host:8020/a_b", "--steps=5"})
  void plainWordsStayLegible(String word) {
    assertThat(ShellWord.quoted(word)).isEqualTo(word);
  }
}
