package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuiltInModelTest {

  private static final Path SOURCE = Path.of("..", "datasets", "shapes", "pipeline");

  @TempDir private Path folder;

  private static List<String> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void allFilesOfTheFolderAreListed() throws Exception {
    assertThat(BuiltInModel.FILES).isEqualTo(files(SOURCE));
  }

  @Test
  void itsFolderIsTheSameOutOfTheJar() throws Exception {
    Path unpacked = BuiltInModel.folder(new ModelCache(folder));

    assertThat(unpacked.getFileName().toString()).startsWith("shapes-");
    assertThat(files(unpacked)).isEqualTo(files(SOURCE));
    for (String file : files(SOURCE)) {
      assertThat(unpacked.resolve(file)).hasSameBinaryContentAs(SOURCE.resolve(file));
    }
    assertThat(ModelIndex.open(unpacked).parts()).containsKey("unet");
  }
}
