package io.boxwright.job.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.job.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderContentsTest {

  @TempDir private Path folder;

  private FolderContents contents() {
    return new FolderContents(run());
  }

  private RunFolder run() {
    return RunFolder.of(new Configuration(), folder.toString());
  }

  private void file(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "x");
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void aFolderOutsideAsciiIsMade() {
    Path below = folder.resolve("ausgabe-\u00fc-\u732b/out put");

    new FolderContents(RunFolder.of(new Configuration(), below.toString())).prepare();

    assertThat(below).isDirectory();
  }

  /** Not even an administrator makes folders in /proc. */
  @Test
  void aFolderThatCannotBeMadeIsRefusedWithTheReason() {
    FolderContents impossible = new FolderContents(RunFolder.of(new Configuration(), "/proc/x"));
    String message = "Cannot make output folder /proc/x: no such file or folder: /proc/x";

    assertThatThrownBy(impossible::prepare)
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> impossible.claim("_mark"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  @Test
  void aFileIsNoFolderToClaim() throws IOException {
    file("file");
    String file = folder.resolve("file").toString();
    FolderContents claimed = new FolderContents(RunFolder.of(new Configuration(), file));

    assertThatThrownBy(() -> claimed.claim("_mark"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Invalid output folder %s: it is a file", file);
  }

  @Test
  void aFolderWithAStrangerIsRefusedByItsName() throws Exception {
    file("notes.txt");

    assertThatThrownBy(() -> contents().prepare())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("holds notes.txt", "no run that can go on");

    run().write(RunFolder.PLAN, Map.of());
    assertThatThrownBy(() -> contents().prepare())
        .hasMessageContainingAll("holds notes.txt", "move it away");
    assertThat(contents().strangers()).containsExactly("notes.txt");
  }

  @Test
  void whatRunsHaveMadeIsClearedAndWhatIsHiddenOrAsideStays() throws Exception {
    for (String name :
        List.of(
            "plan.json",
            "run.json",
            "contact-sheet.png",
            "_manifest.000000001.json",
            "_lock",
            "_aside/chunk-00000.parquet.1",
            "_staging/chunk-00001.0a0a0a0a-1.parquet",
            "_staging/mine.txt",
            "images/chunk-00000.parquet",
            "images/_SUCCESS")) {
      file(name);
    }

    contents().clear();

    assertThat(files())
        .containsExactly(
            "_aside/chunk-00000.parquet.1", "_lock", "_staging/mine.txt", "images/_SUCCESS");
  }

  @Test
  void nothingIsClearedWhereAnImageIsAStrangers() throws Exception {
    file("images/chunk-00000.parquet");
    file("images/holiday.png");

    assertThatThrownBy(() -> contents().clear())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("no run has made images/holiday.png");
    assertThat(files()).containsExactly("images/chunk-00000.parquet", "images/holiday.png");
  }
}
