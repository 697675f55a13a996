package io.boxwright.diffusion.loading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.auth.module.UnixSystem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCacheTest {

  private static final String ORIGIN = "hdfs://host/models/sd/";

  @TempDir private Path folder;

  private final List<String> opened = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  private ModelFile file(String path, String content) {
    return new ModelFile(
        path,
        content.length(),
        "1",
        () -> {
          opened.add(path);
          return new ByteArrayInputStream(content.getBytes(UTF_8));
        });
  }

  private Path copy(ModelFile... files) {
    return new ModelCache(folder).folder(ORIGIN, List.of(files));
  }

  @Test
  void aModelIsCopiedOnceUnderItsName() throws Exception {
    Path copy = copy(file("model_index.json", "{}"), file("unet/config.json", "[]"));

    assertThat(copy)
        .isEqualTo(copy(file("model_index.json", "{}"), file("unet/config.json", "[]")));
    assertThat(copy.getFileName().toString()).startsWith("sd-");
    assertThat(copy.resolve("unet/config.json")).hasContent("[]");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
        .isEqualTo("rwx------");
    assertThat(opened).containsExactly("model_index.json", "unet/config.json");
  }

  @Test
  void aChangedModelIsAnotherCopy() {
    Path before = copy(file("model_index.json", "{}"));
    Path longer = copy(file("model_index.json", "{} "));
    Path later =
        copy(
            new ModelFile(
                "model_index.json", 2, "2", () -> new ByteArrayInputStream("[]".getBytes(UTF_8))));

    assertThat(List.of(before, longer, later)).doesNotHaveDuplicates();
    assertThat(before.resolve("model_index.json")).hasContent("{}");
    assertThat(later.resolve("model_index.json")).hasContent("[]");
  }

  @Test
  void aCopyOfWhichAFileWasClearedAwayIsMadeAnew() throws Exception {
    ModelFile[] files = {file("model_index.json", "{}"), file("unet/config.json", "[]")};
    Files.delete(copy(files).resolve("unet/config.json"));

    assertThat(copy(files).resolve("unet/config.json")).hasContent("[]");
  }

  @Test
  void aCopyWhoseContentChangedIsMadeAnew() throws Exception {
    ModelFile[] files = {file("model_index.json", "{}"), file("unet/config.json", "[1]")};
    Path config = copy(files).resolve("unet/config.json");
    FileTime modified = Files.getLastModifiedTime(config);
    Files.writeString(config, "[2]"); // as long as before
    Files.setLastModifiedTime(config, modified);

    assertThat(copy(files).resolve("unet/config.json")).hasContent("[1]");
    assertThat(opened).hasSize(4);
    copy(files);
    assertThat(opened).hasSize(4);
  }

  @Test
  void aCopyOfWhichIsNotKnownWhatWasCopiedIsMadeAnew() throws Exception {
    ModelFile[] files = {file("model_index.json", "{}")};
    Path hashes = Path.of(copy(files) + ".sha256.json");
    for (String damaged :
        List.of(
            "",
            "{\"files\":{\"model_index.json\":\"ab\"}}",
            "{\"files\":{}}",
            "{\"files\":null}",
            "nonsense")) {
      Files.writeString(hashes, damaged);
      Files.writeString(copy(files).resolve("model_index.json"), "[]");

      assertThat(copy(files).resolve("model_index.json")).hasContent("{}");
    }
    Files.delete(hashes);
    copy(files);
    assertThat(hashes).exists();
  }

  @Test
  void aFolderOfAnotherUserIsNotUsed() throws Exception {
    assumeTrue(new UnixSystem().getUid() == 0, "needs root");
    Path foreign = Files.createDirectory(folder.resolve("foreign"));
    Files.setAttribute(foreign, "unix:uid", 12345);
    String temporary = System.setProperty("java.io.tmpdir", folder.toString());
    try {
      Path copy = new ModelCache(foreign).folder(ORIGIN, List.of(file("model_index.json", "{}")));

      assertThat(copy).hasParent(folder.resolve("boxwright-" + System.getProperty("user.name")));
      assertThat(copy.resolve("model_index.json")).hasContent("{}");
      assertThat(foreign).isEmptyDirectory();
    } finally {
      System.setProperty("java.io.tmpdir", temporary);
    }
  }

  @Test
  void aFileThatEndsEarlyIsRefusedAndLeavesNoCopy() {
    ModelFile cut =
        new ModelFile("unet/w", 3, "1", () -> new ByteArrayInputStream("ab".getBytes(UTF_8)));

    assertThatThrownBy(() -> copy(file("model_index.json", "{}"), cut))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContainingAll(ORIGIN, "unet/w has 2 bytes, not 3");
    assertThat(folder.toFile().list()).allMatch(name -> name.endsWith(".lock"));
  }

  @Test
  void processesThatStartAtOnceCopyOnce() throws Exception {
    for (int i = 0; i < 3; i++) {
      start("copies in full");
    }
    for (Process process : processes) {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isZero();
    }
    assertThat(folder.resolve("copies in full")).content().hasSize(1);
  }

  @Test
  void aKilledCopyIsNotTakenForAModel() throws Exception {
    Process process = start(Copier.HANG);
    while (!Files.exists(folder.resolve(Copier.HANG))) {
      assertThat(process.isAlive()).isTrue();
      Thread.sleep(20);
    }
    process.destroyForcibly().waitFor();

    Path copy = new ModelCache(folder).folder(ORIGIN, Copier.files(folder.resolve("again")));

    assertThat(copy.resolve("weights")).hasContent(Copier.WEIGHTS);
    assertThat(copy.resolve("model_index.json")).hasContent("{}");
    assertThat(folder.resolve("again")).content().hasSize(1);
  }

  @Test
  void whatAKilledCopyLeftIsRemovedByTheNextProcessWhateverItCopies() throws Exception {
    Process killed = start(Copier.HANG);
    while (!Files.exists(folder.resolve(Copier.HANG))) {
      Thread.sleep(20);
    }
    copy(file("model_index.json", "{}")); // it is alive
    assertThat(folder).isDirectoryContaining("glob:**.partial");
    killed.destroyForcibly().waitFor();

    copy(file("model_index.json", "[]"));

    assertThat(folder).isDirectoryNotContaining("glob:**.partial");
  }

  private Process start(String log) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Copier.class.getName(),
                folder.toString(),
                log)
            .inheritIO()
            .start();
    processes.add(process);
    return process;
  }
}
