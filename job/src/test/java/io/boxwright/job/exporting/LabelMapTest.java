package io.boxwright.job.exporting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.job.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files with the classes of phrases. */
class LabelMapTest {

  @TempDir private Path folder;

  private LabelMap read(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    return LabelMap.read(new Configuration(), file.toString());
  }

  @Test
  void jsonAndCsvMeanTheSame() throws IOException {
    LabelMap json = read("map.json", "{\"a red circle\": \"circle\", \"dogs\": \"dog\"}");
    LabelMap csv = read("map.csv", "phrase,class\na red circle,circle\ndogs,dog\n");

    assertThat(csv.classes()).isEqualTo(json.classes());
    assertThat(json.names()).containsExactly("circle", "dog");
  }

  @Test
  void otherSpellingsOfAPhraseHaveItsClass() throws IOException {
    LabelMap map = read("map.json", "{\"a red circle\": \"circle\"}");

    assertThat(map.find("a red circle")).contains("circle");
    assertThat(map.find("Two red circles")).contains("circle");
    assertThat(map.find("a circle")).isEmpty();
  }

  @Test
  void anExactPhraseComesFirst() throws IOException {
    LabelMap map = read("map.json", "{\"dog\": \"pet\", \"dogs\": \"pack\"}");

    assertThat(map.find("dogs")).contains("pack");
    assertThat(map.find("the dog")).contains("pet");
  }

  @Test
  void brokenFilesAreNamedWithTheirLine() {
    assertThatThrownBy(() -> read("map.json", "{\"a\": [1]}"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("map.json, line 1")
        .hasMessageContaining("must be text");
    assertThatThrownBy(() -> read("map.csv", "phrase,label\na,b\n"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("map.csv, line 2")
        .hasMessageContaining("field class is missing");
    assertThatThrownBy(() -> read("map.csv", "phrase,class\na,b\na,c\n"))
        .hasMessageContaining("phrase 'a' has the classes b and c");
    assertThatThrownBy(() -> read("map.json", "{}")).hasMessageContaining("there are no phrases");
  }

  @Test
  void withoutAFileThePhraseIsTheClass() {
    assertThat(LabelMap.PHRASES.find("The Dogs")).contains("dog");
    assertThat(LabelMap.PHRASES.find(" ")).isEmpty();
  }
}
