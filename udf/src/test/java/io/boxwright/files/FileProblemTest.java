package io.boxwright.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileProblemTest {

  @TempDir private Path folder;

  private interface Work {
    void run() throws IOException;
  }

  private static String problem(Work work) {
    return FileProblem.of(catchThrowableOfType(IOException.class, work::run));
  }

  @Test
  void aNameAloneIsNoReason() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Path none = folder.resolve("none");

    assertThat(problem(() -> Files.readString(none))).isEqualTo("no such file or folder: " + none);
    assertThat(problem(() -> Files.createDirectory(file))).isEqualTo("it already exists: " + file);
    assertThat(FileProblem.of(new AccessDeniedException("/x"))).isEqualTo("permission denied: /x");
  }

  @Test
  void reasonsOfTheSystemStay() throws IOException {
    Path below = Files.createFile(folder.resolve("file")).resolve("below");

    assertThat(problem(() -> Files.readString(below))).isEqualTo(below + ": Not a directory");
    assertThat(FileProblem.of(new IOException("the disk is gone"))).isEqualTo("the disk is gone");
    assertThat(FileProblem.of(new IOException())).isEqualTo("java.io.IOException");
  }
}
