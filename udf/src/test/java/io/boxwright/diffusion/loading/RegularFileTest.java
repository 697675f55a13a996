package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What stands where a file of a model is expected. */
@Timeout(10)
class RegularFileTest {

  @TempDir private Path folder;

  @Test
  void filesAreReadThroughLinks() throws IOException {
    Path blob = Files.writeString(folder.resolve("blob"), "text");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("blob"));

    assertThat(RegularFile.readText(blob)).isEqualTo("text");
    assertThat(RegularFile.readText(link)).isEqualTo("text");
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertRefused(pipe, "it is not a regular file");
  }

  @Test
  void socketsDevicesAndFoldersAreRefused() throws IOException {
    Path socket = folder.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      assertRefused(socket, "it is not a regular file");
    }
    assertRefused(Path.of("/dev/zero"), "it is not a regular file");
    assertRefused(folder, "it is a folder");
  }

  @Test
  void linksThatLeadNowhereAreRefused() throws IOException {
    Path lost = Files.createSymbolicLink(folder.resolve("lost"), Path.of("none"));
    Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));

    assertRefused(lost, "it is a link to a file that does not exist");
    assertThatThrownBy(() -> RegularFile.readText(loop))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageStartingWith("Cannot read " + loop + ": ");
    assertRefused(folder.resolve("none"), "it does not exist");
  }

  @Test
  void filesOfAbsurdSizeAreRefusedBeforeTheyAreRead() throws IOException {
    Path file = folder.resolve("config.json");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(3_000_000_000L);
    }

    assertRefused(file, "it has 3000000000 bytes, at most 8388608 are read");
  }

  private static void assertRefused(Path file, String problem) {
    assertThatThrownBy(() -> RegularFile.readText(file))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage("Cannot read " + file + ": " + problem);
  }
}
