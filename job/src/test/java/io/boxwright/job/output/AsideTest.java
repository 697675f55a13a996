package io.boxwright.job.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AsideTest {

  @TempDir private Path folder;

  private Aside aside() {
    return new Aside(RunFolder.of(new Configuration(), folder.toString()));
  }

  @Test
  void filesOfOneNameAreKeptBesideEachOther() throws Exception {
    Path image = Files.createDirectory(folder.resolve("images")).resolve("chunk-00000.parquet");
    Files.writeString(image, "first");
    String first = aside().put("chunk-00000.parquet");
    Files.writeString(image, "second");
    String second = aside().put("chunk-00000.parquet");

    assertThat(image).doesNotExist();
    assertThat(folder.resolve(first)).hasContent("first").hasParent(Path.of(aside().path()));
    assertThat(folder.resolve(second)).hasContent("second");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> aside().put("chunk-00000.parquet"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContainingAll("Cannot put aside", "images/chunk-00000.parquet");
  }
}
