package io.boxwright.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateFolderTest {

  private static final int SOMEBODY = 12345;

  @TempDir private Path folder;

  private String temporary;

  @BeforeEach
  void useOwnTemporaryFolder() throws IOException {
    temporary = System.getProperty("java.io.tmpdir");
    System.setProperty("java.io.tmpdir", make("tmp", "rwxr-xr-x").toString());
  }

  @AfterEach
  void useUsualTemporaryFolder() {
    System.setProperty("java.io.tmpdir", temporary);
  }

  private Path make(String name, String permissions) throws IOException {
    Path made = Files.createDirectories(folder.resolve(name));
    return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(permissions));
  }

  /** Only root can give files away. */
  private static void giveAway(Path file) throws IOException {
    assumeTrue(new UnixSystem().getUid() == 0, "needs root");
    Files.setAttribute(file, "unix:uid", SOMEBODY, LinkOption.NOFOLLOW_LINKS);
  }

  private Path inTemporary(String name) {
    return folder.resolve("tmp").resolve(name.formatted(System.getProperty("user.name")));
  }

  private static String permissions(Path of) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(of));
  }

  @Test
  void aNewFolderIsClosedToOthers() throws Exception {
    Path wanted = folder.resolve("new/cache");

    assertThat(PrivateFolder.of(wanted, "inside")).isEqualTo(wanted);
    assertThat(permissions(wanted)).isEqualTo("rwx------");
    assertThat(permissions(wanted.resolve("inside"))).isEqualTo("rwx------");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwx------", "rwxr-xr-x"})
  void anOwnFolderThatOthersCannotWriteToIsUsedAsItIs(String permissions) throws Exception {
    Path wanted = make("cache", permissions);

    assertThat(PrivateFolder.of(wanted)).isEqualTo(wanted);
    assertThat(permissions(wanted)).isEqualTo(permissions);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxrwx", "rwxrwxr-x", "rwx----w-"})
  void aFolderThatOthersMayWriteToIsNotUsed(String permissions) throws Exception {
    Path wanted = make("cache", permissions);

    Path used = PrivateFolder.of(wanted);

    assertThat(used).isEqualTo(inTemporary("boxwright-%s"));
    assertThat(permissions(used)).isEqualTo("rwx------");
    assertThat(permissions(wanted)).isEqualTo(permissions);
    assertThat(wanted).isEmptyDirectory();
  }

  @Test
  void aFolderInsideThatOthersMayWriteToIsNotUsed() throws Exception {
    Path wanted = make("cache", "rwxr-xr-x");
    make("cache/inside", "rwxrwxrwx");

    assertThat(PrivateFolder.of(wanted, "inside")).isEqualTo(inTemporary("boxwright-%s"));
    assertThat(PrivateFolder.of(wanted, "other")).isEqualTo(wanted);
  }

  @Test
  void aFolderOfAnotherUserIsNotUsed() throws Exception {
    Path wanted = inTemporary("boxwright-%s");
    Files.createDirectory(wanted);
    giveAway(wanted);

    Path used = PrivateFolder.of(wanted);

    assertThat(used).isEqualTo(inTemporary("boxwright-%s.2"));
    assertThat(wanted).isEmptyDirectory();
    giveAway(used);
    assertThat(PrivateFolder.of(wanted)).isEqualTo(inTemporary("boxwright-%s.3"));
  }

  @Test
  void aLinkOfAnotherUserIsNotFollowed() throws Exception {
    Path own = make("own", "rwx------");
    Path link = Files.createSymbolicLink(folder.resolve("link"), own);
    assertThat(PrivateFolder.of(link)).isEqualTo(link);
    giveAway(link);

    assertThat(PrivateFolder.of(link)).isEqualTo(inTemporary("boxwright-%s"));
    assertThat(own).isEmptyDirectory();
  }

  @Test
  void anOwnLinkToAFolderOfAnotherUserIsNotUsed() throws Exception {
    Path foreign = make("foreign", "rwx------");
    Path link = Files.createSymbolicLink(folder.resolve("link"), foreign);
    giveAway(foreign);

    assertThat(PrivateFolder.of(link)).isEqualTo(inTemporary("boxwright-%s"));
  }

  @Test
  void aFolderForAllUsersGetsAFolderOfOwn() throws Exception {
    Path scratch = make("scratch", "rwxrwxrwx");
    Files.setAttribute(scratch, "unix:mode", 01777);

    Path used = PrivateFolder.of(scratch);

    assertThat(used).isEqualTo(scratch.resolve("boxwright-" + System.getProperty("user.name")));
    assertThat(permissions(used)).isEqualTo("rwx------");
  }

  @Test
  void whereThereIsNoOtherPlaceTheFolderIsNamed() throws Exception {
    Path wanted = make("cache", "rwxrwxrwx");
    System.setProperty("java.io.tmpdir", Files.createFile(folder.resolve("file")).toString());

    assertThatThrownBy(() -> PrivateFolder.of(wanted))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith(
            "Cannot use the folder %s: other users may write to it".formatted(wanted));
  }

  @Test
  void whereAFileSystemHasNoUsersEveryFolderWillDo() throws Exception {
    URI zip = URI.create("jar:" + folder.resolve("files.zip").toUri());
    try (FileSystem fileSystem = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path wanted = fileSystem.getPath("/some/cache");

      assertThat(PrivateFolder.of(wanted, "inside")).isEqualTo(wanted);
      assertThat(wanted.resolve("inside")).isDirectory();
    }
  }

  @Test
  void aFileInItsPlaceIsLeftAlone() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "mine");

    assertThat(PrivateFolder.of(file)).isEqualTo(inTemporary("boxwright-%s"));
    assertThat(file).hasContent("mine");
  }
}
