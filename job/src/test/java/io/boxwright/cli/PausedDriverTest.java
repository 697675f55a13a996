package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boxwright.job.actions.ReadStatus;
import io.boxwright.job.output.CommitMode;
import io.boxwright.job.report.RunStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Drivers that are paused, told to stop, or cannot write for a while; then a run that goes on. */
class PausedDriverTest extends DriverProcesses {

  @Test
  void aDiskThatIsFullForAWhileDoesNotEndTheSignsOfLife() throws Exception {
    Path output = folder.resolve("full for a while/out");
    int milliseconds = FAULTS > 0 ? 10_000 : 6000; // two signs of life, also on a slow host
    Process driver = start(output, "full-for " + milliseconds, 2 * milliseconds / ROWS + 500);
    assertThat(driver.waitFor(5, TimeUnit.MINUTES)).isTrue();

    assertThat(driver.exitValue()).as(log()).isEqualTo(ExitCode.OK);
    assertThat(log().lines().filter(line -> line.contains("Cannot renew the lock"))).hasSize(1);
    assertThat(log().lines().filter(line -> line.contains("works again: renew the lock")))
        .hasSize(1);
    assertGoesOn(output);
  }

  private void signal(Process process, String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
  }

  private static void awaitPause(Process process) throws Exception {
    Path status = Path.of("/proc/%d/status".formatted(process.pid()));
    while (process.isAlive() && !Files.readString(status).contains("State:\tT")) {
      process.waitFor(20, TimeUnit.MILLISECONDS);
    }
    assertThat(process.isAlive()).isTrue();
  }

  /** What the folder holds, by path; without checksums, which no reader of ours looks at. */
  private static Map<String, String> contents(Path output) throws Exception {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(output)) {
      for (Path file : files.filter(file -> !file.toString().endsWith(".crc")).toList()) {
        contents.put(
            file.toString(),
            Files.isDirectory(file)
                ? "folder"
                : Files.getLastModifiedTime(file)
                    + " "
                    + Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  static Stream<CommitMode> modesAfter() {
    return chooseModes(CommitMode.RENAME);
  }

  static Stream<CommitMode> modesBeside() {
    return chooseModes(CommitMode.MANIFEST);
  }

  /** Chooses both commit modes, or one of them where only few faults are tried. */
  private static Stream<CommitMode> chooseModes(CommitMode one) {
    return FAULTS > 0 ? Stream.of(CommitMode.values()) : Stream.of(one);
  }

  @ParameterizedTest
  @MethodSource("modesAfter")
  void aPausedDriverThatWakesAfterAnotherTouchesNothing(CommitMode commit) throws Exception {
    Path output = folder.resolve("paused " + commit + "/out");
    Process driver = start(output, "stop 4", 500, "--commit", commit.toString());
    awaitPause(driver);
    Files.setLastModifiedTime(
        output.resolve("_lock"), FileTime.from(Instant.now().minusSeconds(3600)));

    assertGoesOn(output);
    Map<String, String> afterTheSecond = contents(output);
    signal(driver, "CONT");
    assertThat(driver.waitFor(2, TimeUnit.MINUTES)).isTrue();

    assertThat(driver.exitValue()).as(log()).isEqualTo(ExitCode.UNEXPECTED);
    assertThat(log().lines().filter(line -> line.startsWith("The lock of output folder ")))
        .singleElement()
        .asString()
        .contains("is gone, so another run may have it", "has touched nothing there since");
    assertThat(contents(output)).isEqualTo(afterTheSecond);
  }

  @ParameterizedTest
  @MethodSource("modesBeside")
  void aPausedDriverThatWakesBesideAnotherTouchesNothing(CommitMode commit) throws Exception {
    Path output = folder.resolve("paused beside " + commit + "/out");
    Process first = start(output, "none", 500, "--commit", commit.toString());
    Path firstLog = log;
    awaitFiles(first, output.resolve("images"), 2);
    signal(first, "STOP");
    Files.setLastModifiedTime(
        output.resolve("_lock"), FileTime.from(Instant.now().minusSeconds(3600)));
    Process second = start(output, "none", 500, "--commit", commit.toString());
    awaitFiles(second, output.resolve("images"), 5);
    signal(first, "CONT");
    assertThat(first.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(second.waitFor(2, TimeUnit.MINUTES)).isTrue();

    assertThat(first.exitValue()).isEqualTo(ExitCode.UNEXPECTED);
    assertThat(Files.readString(firstLog))
        .contains("was taken by another run: process " + second.pid());
    assertThat(second.exitValue()).as(log()).isEqualTo(ExitCode.OK);
    assertThat(output.resolve("_staging")).doesNotExist();
    assertGoesOn(output);
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aDriverThatIsToldToStopSaysHowToGoOn(String signal, int exitCode) throws Exception {
    Path output = folder.resolve("stopped by " + signal + "/out");
    Process driver = start(output, "none", 400);
    awaitFiles(driver, output.resolve("images"), 2);
    assumeTrue(hears(driver, signal), "shells start what runs in the background deaf to SIGINT");
    signal(driver, signal);
    assertThat(driver.waitFor(1, TimeUnit.MINUTES)).isTrue();

    assertThat(driver.exitValue()).as(log()).isEqualTo(exitCode);
    RunStatus status = new ReadStatus(new Configuration()).execute(output.toString());
    assertThat(log().lines().filter(line -> !line.matches("  \\d+/24 images.*")))
        .filteredOn(line -> !line.contains("WARN NativeCodeLoader") && !line.contains("WARN Utils"))
        .singleElement()
        .asString()
        .startsWith(
            "Stopped: %d of 24 images done. To go on: boxwright generate --model "
                .formatted(status.done()));
    assertThat(status.state()).startsWith("interrupted at ");
    assertThat(status.done()).isBetween(3L, 21L);
    assertThat(output.resolve("_lock")).doesNotExist();
    assertGoesOn(output);
  }

  /** Whether a process does not ignore a signal. */
  private static boolean hears(Process process, String signal) throws Exception {
    int number = signal.equals("INT") ? 2 : 15;
    String ignored =
        Files.readAllLines(Path.of("/proc/%d/status".formatted(process.pid()))).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow();
    return (Long.parseUnsignedLong(ignored.split("\\s+")[1], 16) >> (number - 1) & 1) == 0;
  }
}
