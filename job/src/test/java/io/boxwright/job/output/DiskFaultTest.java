package io.boxwright.job.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.FullDisk;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;

class DiskFaultTest {

  private static final DiskFault FULL = new DiskFault("No space left on device", "make room");

  @Test
  void aFullDiskIsFoundWhereverItIsReported() {
    String full = "No space left on device";
    assertThat(DiskFault.in(new IOException(full))).contains(FULL);
    assertThat(DiskFault.in(FullDisk.error())).contains(FULL);
    assertThat(DiskFault.in(new SparkException("Job aborted", FullDisk.error()))).contains(FULL);
    assertThat(
            DiskFault.in(
                new SparkException(
                    "Task failed\norg.apache.hadoop.fs.FSError: java.io.IOException: " + full)))
        .contains(FULL);
    assertThat(
            DiskFault.in(
                new UncheckedIOException(
                    new FileSystemException("/out/_lock", null, "Disk quota exceeded"))))
        .contains(new DiskFault("/out/_lock: Disk quota exceeded", "make room"));
  }

  @Test
  void aReadOnlyDiskHasARemedyOfItsOwn() {
    Throwable error = new FileNotFoundException("/out/_lock (Read-only file system)");

    assertThat(DiskFault.in(error).orElseThrow().advice("the command"))
        .isEqualTo("make it writable again, then the same command goes on: the command");
  }

  @Test
  void theCauseIsNamedAndNotItsConsequences() {
    IOException cause = new IOException("No space left on device");

    assertThat(DiskFault.in(new IOException("Cannot write a footer: " + cause, cause)))
        .contains(FULL);
    assertThat(
            DiskFault.in(
                new SparkException(
                    "Job aborted: boom\nCaused by: java.io.IOException: No space left on device")))
        .contains(FULL);
  }

  @Test
  void otherErrorsAreNone() {
    assertThat(DiskFault.in(new IOException("Input/output error"))).isEmpty();
    assertThat(DiskFault.in(new NullPointerException())).isEmpty();
  }
}
