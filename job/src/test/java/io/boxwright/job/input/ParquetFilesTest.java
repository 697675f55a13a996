package io.boxwright.job.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParquetFilesTest {

  @TempDir private Path folder;

  private ParquetFiles find(Path path) throws IOException {
    return ParquetFiles.find(new Configuration(), path.toString());
  }

  private static Path write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "t.csv     | prompt,id\\na cat,1 | CSV",
        "t.txt     | a cat               | text",
        "t.json    | [{\"prompt\": 1}]   | JSON",
        "t.parquet | {\"prompt\": 1}     | JSON",
        "t.arrow   | ARROW1xxxx          | an Arrow file",
        "t.gz      | '\u001f\u008bxxxxxx' | a gzip file",
        "t.zip     | PK\u0003\u0004xxxx  | a zip file",
        "t.parquet | 'version https://git-lfs.github.com/spec/v1' | a Git LFS pointer",
        "t.parquet | ''                  | empty",
        "t.bin     | '\u0001\u0002\u0003\u0004xxxx' | of another format",
      })
  void otherFormatsAreNamed(String name, String text, String kind) throws IOException {
    Path file = write(folder.resolve(name), text);

    assertThatThrownBy(() -> find(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot read prompts from %s: it is %s".formatted(file, kind))
        .hasMessageEndingWith("and Parquet is needed");
  }

  @Test
  void whatIsNotThereIsNamed() throws IOException {
    assertThatThrownBy(() -> find(folder.resolve("gone")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageEndingWith("there is no such file or folder");
    assertThatThrownBy(() -> find(folder))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageEndingWith("the folder is empty");
  }

  @Test
  void aFolderHasItsParquetFilesWhereverTheyLieAndWhateverTheirNames() throws IOException {
    write(folder.resolve("b/x.PARQUET"), "PAR1xxxx");
    write(folder.resolve("a [1]/part-00000"), "PAR1xxxx");
    write(folder.resolve("split=a/y.pq"), "PAR1xxxx");
    write(folder.resolve("_split=b/z.parquet"), "PAR1xxxx");
    write(folder.resolve("_temporary/0/t.parquet"), "PAR1xxxx");
    write(folder.resolve(".cache/t.parquet"), "PAR1xxxx");
    write(folder.resolve("b/_SUCCESS"), "");
    write(folder.resolve("README.md"), "# Prompts");
    write(folder.resolve("b/short"), "P");

    ParquetFiles found = find(folder);

    assertThat(found.files().stream().map(file -> file.getName()))
        .containsExactly("z.parquet", "part-00000", "x.PARQUET", "y.pq");
    assertThat(found.others()).isEqualTo(List.of("README.md", "b/short"));
  }

  @Test
  void aLinkBackToAFolderThatItIsInIsNotFollowed() throws IOException {
    write(folder.resolve("a/x.parquet"), "PAR1xxxx");
    Files.createSymbolicLink(folder.resolve("self"), Path.of("."));
    Files.createSymbolicLink(folder.resolve("a/up"), Path.of(".."));
    Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));

    ParquetFiles found = find(folder);

    assertThat(found.files().stream().map(file -> file.getParent().getName()))
        .containsExactly("a", "b");
    assertThat(found.others()).isEqualTo(List.of("a/up", "b/up", "self"));
  }

  @Test
  @Timeout(value = 10, threadMode = ThreadMode.SEPARATE_THREAD)
  void whatIsNoRegularFileIsNotOpened() throws Exception {
    write(folder.resolve("x.parquet"), "PAR1xxxx");
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Files.createSymbolicLink(folder.resolve("notes"), Path.of("gone"));

    assertThat(find(folder).others()).isEqualTo(List.of("notes", "pipe"));
    assertRefused(pipe, "it is neither a file nor a folder");

    Files.move(pipe, folder.resolve("y.parquet"));
    assertRefused(folder, "y.parquet is a broken link or not a regular file; remove it");
  }

  @Test
  void aLinkToAShardThatIsGoneIsRefused() throws IOException {
    write(folder.resolve("x.parquet"), "PAR1xxxx");
    Files.createSymbolicLink(folder.resolve("y.parquet"), Path.of("gone"));

    assertRefused(folder, "y.parquet is a broken link or not a regular file; remove it");
  }

  @Test
  void namesWithAColonAreReadInFoldersAndRefusedInFiles() throws IOException {
    write(folder.resolve("10:00/x.parquet"), "PAR1xxxx");
    write(folder.resolve("notes of 10:00"), "text");
    assertThat(find(folder).files()).hasSize(1);
    assertThat(find(folder).others()).containsExactly("notes of 10:00");

    Path file = write(folder.resolve("2020-01-01T10:00.parquet"), "PAR1xxxx");

    String problem =
        "Hadoop cannot open local files with a colon in their names;"
            + " rename 2020-01-01T10:00.parquet";
    assertRefused(folder, problem);
    assertRefused(file, problem);
  }

  private void assertRefused(Path path, String problem) {
    assertThatThrownBy(() -> find(path))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("Cannot read prompts from %s: %s".formatted(path, problem));
  }
}
