package io.boxwright.job.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {

  /** A store whose files are replaced just when they are opened, as a lock's heartbeat does. */
  static final class ReplacedWhenOpened extends RawLocalFileSystem {

    private static final AtomicInteger TIMES = new AtomicInteger();

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path file, int bufferSize)
        throws IOException {
      if (TIMES.getAndDecrement() > 0) {
        throw new PathIOException(file.toString(), "Change reported by the store during open");
      }
      return super.open(file, bufferSize);
    }
  }

  @TempDir private Path folder;
  private RunFolder run;

  @BeforeEach
  void openFolder() {
    Configuration configuration = new Configuration();
    configuration.set("fs.file.impl", ReplacedWhenOpened.class.getName());
    configuration.set("fs.file.impl.disable.cache", "true");
    run = RunFolder.of(configuration, folder.toString());
  }

  @Test
  void aFileThatIsReplacedWhileItIsReadIsReadAgain() {
    run.write("x.json", Map.of("chunks", 5));
    ReplacedWhenOpened.TIMES.set(3);

    assertThat(run.read("x.json", JsonNode.class).orElseThrow().get("chunks").asInt()).isEqualTo(5);
  }

  @Test
  void aFileThatCanNeverBeReadIsNamed() {
    run.write("x.json", Map.of("chunks", 5));
    ReplacedWhenOpened.TIMES.set(Integer.MAX_VALUE);

    assertThatThrownBy(() -> run.read("x.json", JsonNode.class))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContainingAll("Cannot read", "x.json", "Change reported");
  }
}
