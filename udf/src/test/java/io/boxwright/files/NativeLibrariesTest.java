package io.boxwright.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each time in a process of its own: a library is loaded once. */
class NativeLibrariesTest {

  @TempDir private Path folder;

  private Path home;
  private Path temporary;

  @BeforeEach
  void makeFolders() throws IOException {
    home = Files.createDirectory(folder.resolve("home"));
    temporary = Files.createDirectory(folder.resolve("tmp"));
  }

  /** Loads the tokenizers library, and says where from. */
  static final class Child {

    private Child() {}

    /** Loads it. */
    public static void main(String[] arguments) throws IOException {
      CLIPTokenizer.fromPretrained(Fixtures.sd1().resolve("tokenizer")).close();
      try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
        maps.filter(line -> line.contains("libtokenizers"))
            .map(line -> line.replaceFirst("[^/]*", ""))
            .distinct()
            .forEach(file -> System.out.println("loaded=" + file));
      }
      System.out.println("jna " + System.getProperty("jna.tmpdir"));
    }
  }

  private String run(Map<String, String> environment) throws Exception {
    ProcessBuilder child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.apache.logging.log4j.level=WARN",
                "-Duser.home=" + home,
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName())
            .redirectErrorStream(true);
    child.environment().keySet().removeAll(List.of("DJL_CACHE_DIR", "ENGINE_CACHE_DIR"));
    child.environment().putAll(environment);
    Process process = child.start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return output;
  }

  private static void allow(Path folder, String permissions) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
  }

  /** What somebody may have put there; loading it fails. */
  private static Path plant(Path djl) throws IOException {
    List<Path> versions = new ArrayList<>();
    try (Stream<Path> entries = Files.list(djl.resolve("tokenizers"))) {
      entries.filter(Files::isDirectory).forEach(versions::add);
    }
    Path library = versions.get(0).resolve("libtokenizers.so");
    Files.writeString(library, "no library");
    return library;
  }

  @Test
  void theyAreInTheHomeFolderWhereOnlyItsUserCanWrite() throws Exception {
    String output = run(Map.of());

    assertThat(output).contains("loaded=" + home.resolve(".djl.ai/tokenizers"));
    assertThat(output).contains("jna " + home.resolve(".djl.ai/jna"));
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve(".djl.ai"))))
        .isEqualTo("rwx------");
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void whatOthersCouldPutThereIsNotLoaded() throws Exception {
    run(Map.of());
    Path djl = home.resolve(".djl.ai");
    plant(djl);
    assertThat(run(Map.of()))
        .doesNotContain("loaded=/")
        .contains("Cannot load the libraries in " + djl.resolve("tokenizers"));

    allow(djl, "rwxrwxrwx");
    String output = run(Map.of());

    Path other = temporary.resolve("boxwright-" + System.getProperty("user.name"));
    assertThat(output).contains("loaded=" + other.resolve("tokenizers"), "jna " + other);
    assertThat(output)
        .containsOnlyOnce("Not using the folder " + djl)
        .contains("other users may write to it. Using " + other);
  }

  @Test
  void aFolderForOneLibraryThatOthersMayWriteToIsNotUsedEither() throws Exception {
    run(Map.of());
    allow(home.resolve(".djl.ai/tokenizers"), "rwxrwxrwx");

    assertThat(run(Map.of())).contains("loaded=" + temporary);
  }

  @Test
  void aFolderThatTheEnvironmentNamesIsRefusedByName() throws Exception {
    allow(home, "rwxrwxrwx");

    assertThat(run(Map.of("ENGINE_CACHE_DIR", home.toString())))
        .doesNotContain("loaded=/")
        .contains(
            "Cannot load tokenizer from",
            "ENGINE_CACHE_DIR is %s, where other users may put libraries".formatted(home));
    assertThat(run(Map.of("DJL_CACHE_DIR", home.toString()))).contains("loaded=" + temporary);
  }

  @Test
  void whatKilledProcessesLeftIsRemoved() throws Exception {
    Path djl = home.resolve(".djl.ai");
    Path version = djl.resolve("tokenizers/0.0-cpu");
    List<Path> abandoned =
        List.of(
            djl.resolve("tokenizers/tmp123/libtokenizers.so"),
            version.resolve("jni456tmp"),
            djl.resolve("jna/jna789.tmp"));
    List<Path> kept =
        List.of(
            djl.resolve("tokenizers/tmp321/libtokenizers.so"), // written just now
            version.resolve("libtokenizers.so"),
            djl.resolve("tokenizers/tmp_of_mine"));
    for (Path file : Stream.concat(abandoned.stream(), kept.stream()).toList()) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, "a part");
    }
    FileTime before = FileTime.from(Instant.now().minusSeconds(60));
    for (Path file : Stream.concat(abandoned.stream(), kept.stream().skip(1)).toList()) {
      Files.setLastModifiedTime(file, before);
    }
    Files.setLastModifiedTime(djl.resolve("tokenizers/tmp123"), before);

    run(Map.of());

    assertThat(abandoned).allSatisfy(file -> assertThat(file).doesNotExist());
    assertThat(djl.resolve("tokenizers/tmp123")).doesNotExist();
    assertThat(kept).allSatisfy(file -> assertThat(file).exists());
  }
}
