package io.boxwright.job.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {

  @TempDir private Path folder;
  private RunFolder run;

  @BeforeEach
  void openFolder() {
    run = RunFolder.of(new Configuration(), folder.toString());
  }

  private static ChunkFile chunk(int number) {
    return ChunkFile.of(number, 0);
  }

  private List<String> files() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void aNewDriverGoesOnInAFileOfItsOwn() throws Exception {
    Manifest first = Manifest.begin(run, 3, List.of());
    first.add(chunk(0));
    first.flush();

    Manifest second = Manifest.begin(run, 4, List.of(chunk(0)));
    second.add(chunk(1));
    second.flush();

    assertThat(files()).containsExactly("_manifest.000000004.json");
    assertThat(new Manifest(run).lists(chunk(0))).isTrue();
    assertThat(new Manifest(run).lists(chunk(1))).isTrue();
  }

  @Test
  void ofTheFilesOfAChunkTheLastOneIsListed() {
    Manifest manifest = Manifest.begin(run, 3, List.of(chunk(0), chunk(1)));

    manifest.add(chunk(1).next());

    assertThat(manifest.lists(chunk(0))).isTrue();
    assertThat(manifest.lists(chunk(1))).isFalse();
    assertThat(manifest.lists(chunk(1).next())).isTrue();
  }

  @Test
  void aDriverThatWakesLateShrinksNoList() {
    Manifest paused = Manifest.begin(run, 3, List.of());
    Manifest second = Manifest.begin(run, 11, List.of());
    second.add(chunk(1));
    second.flush();

    paused.add(chunk(0));
    paused.flush();

    assertThat(new Manifest(run).lists(chunk(1))).isTrue();
    assertThat(new Manifest(run).lists(chunk(0))).isFalse();
  }

  @Test
  void anOlderManifestCountsWhereTheNewestIsDamaged() throws Exception {
    Manifest first = Manifest.begin(run, 3, List.of());
    first.add(chunk(0));
    first.flush();
    Files.writeString(folder.resolve("_manifest.000000004.json"), "{\"files\" : {\"00");

    assertThat(new Manifest(run).lists(chunk(0))).isTrue();
    assertThat(Manifest.findNewestTerm(run)).isEqualTo(4);
  }

  @Test
  void withoutAWholeManifestNothingIsListed() throws Exception {
    Files.writeString(folder.resolve("_manifest.000000004.json"), "");

    assertThat(new Manifest(run).lists(chunk(0))).isFalse();
    assertThat(Manifest.findNewestTerm(run)).isEqualTo(4);
  }
}
