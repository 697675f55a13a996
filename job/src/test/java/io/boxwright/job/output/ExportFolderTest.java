package io.boxwright.job.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportFolderTest {

  @TempDir private Path temp;

  @Test
  void neitherDriverNorTasksBringARemovedFolderBack() throws Exception {
    Configuration configuration = new Configuration();
    Path output = temp.resolve("out");
    RunLock lock = RunLock.take(RunFolder.of(configuration, output.toString()), "app-1", () -> {});
    ExportFolder ofDriver = new ExportFolder(lock.folder());
    ExportFolder ofTask =
        ExportFolder.of(ofDriver.configureTasks(configuration), output.toString());
    ofTask.write("train/a.png", out -> out.write(1));
    assertThat(output.resolve("train/a.png")).hasBinaryContent(new byte[] {1});

    Files.move(output, temp.resolve("elsewhere"));

    assertThatThrownBy(() -> ofDriver.write("train/b.png", out -> out.write(1)))
        .isInstanceOf(LockLostException.class);
    assertThatThrownBy(() -> ofTask.write("train/b.png", out -> out.write(1)))
        .isInstanceOf(LockLostException.class);
    lock.close();
    assertThat(output).doesNotExist();
  }
}
