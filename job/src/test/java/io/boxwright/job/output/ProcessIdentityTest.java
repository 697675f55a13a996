package io.boxwright.job.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes of this machine, and of a {@code /proc} that the test makes. */
class ProcessIdentityTest {

  private static final long OTHER = 4711;

  @TempDir private Path proc;

  @BeforeEach
  void makeProc() throws Exception {
    Files.createDirectories(proc.resolve("sys/kernel/random"));
    Files.createDirectories(proc.resolve("self/ns"));
    Files.createDirectories(proc.resolve("1"));
    Files.writeString(proc.resolve("sys/kernel/random/boot_id"), "boot-1\n");
    Files.createSymbolicLink(proc.resolve("self/ns/pid"), Path.of("pid:[1]"));
    stat("self", ProcessHandle.current().pid(), 'S', 100);
    stat(String.valueOf(OTHER), OTHER, 'S', 200);
  }

  private void stat(String folder, long pid, char state, long startTicks) throws Exception {
    Path file = Files.createDirectories(proc.resolve(folder)).resolve("stat");
    String between = "1 ".repeat(18);
    Files.writeString(
        file, "%d (a ) name) %c %s%d 0 0\n".formatted(pid, state, between, startTicks));
  }

  private static ProcessIdentity other(String bootId, String namespaces, long startTicks) {
    return new ProcessIdentity(OTHER, bootId, namespaces, startTicks);
  }

  @Test
  void aProcessThatRunsIsNotGone() {
    assertThat(other("boot-1", "pid:[1]", 200).isGone(proc)).isFalse();
  }

  @Test
  void aProcessThatIsNotThereIsGone() throws Exception {
    Files.delete(proc.resolve(OTHER + "/stat"));

    assertThat(other("boot-1", "pid:[1]", 200).isGone(proc)).isTrue();
  }

  @Test
  void aProcessThatHasTheNumberOfAnotherIsAnother() {
    assertThat(other("boot-1", "pid:[1]", 199).isGone(proc)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(chars = {'Z', 'X'})
  void aProcessThatNobodyHasWaitedForIsGone(char state) throws Exception {
    stat(String.valueOf(OTHER), OTHER, state, 200);

    assertThat(other("boot-1", "pid:[1]", 200).isGone(proc)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(chars = {'T', 'D', 'R', 't'})
  void aStoppedOrWaitingProcessIsNotGone(char state) throws Exception {
    stat(String.valueOf(OTHER), OTHER, state, 200);

    assertThat(other("boot-1", "pid:[1]", 200).isGone(proc)).isFalse();
  }

  @Test
  void anotherBootProvesNothing() {
    assertThat(other("boot-2", "pid:[1]", 199).isGone(proc)).isFalse();
  }

  @Test
  void anotherNamespaceProvesNothing() throws Exception {
    assertThat(other("boot-1", "pid:[2]", 199).isGone(proc)).isFalse();

    Files.createSymbolicLink(proc.resolve("self/ns/time"), Path.of("time:[7]"));
    assertThat(other("boot-1", "pid:[1] time:[8]", 199).isGone(proc)).isFalse();
    assertThat(other("boot-1", "pid:[1] time:[7]", 199).isGone(proc)).isTrue();
  }

  @Test
  void whereProcessesAreHiddenNothingIsProved() throws Exception {
    Files.delete(proc.resolve(OTHER + "/stat"));
    Files.delete(proc.resolve("1"));

    assertThat(other("boot-1", "pid:[1]", 200).isGone(proc)).isFalse();
  }

  @Test
  void theProcOfAnotherNamespaceProvesNothing() throws Exception {
    stat("self", 1 + ProcessHandle.current().pid(), 'S', 100);

    assertThat(ProcessIdentity.self(proc).startTicks()).isNull();
    assertThat(other("boot-1", "pid:[1]", 199).isGone(proc)).isFalse();
  }

  @Test
  void withoutProcNothingIsProved() {
    Path none = proc.resolve("none");
    ProcessIdentity self = ProcessIdentity.self(none);

    assertThat(self).isEqualTo(new ProcessIdentity(self.pid(), null, null, null));
    assertThat(self.isGone(none)).isFalse();
    assertThat(other("boot-1", "pid:[1]", 199).isGone(none)).isFalse();
  }

  @Test
  void thisProcessIsNotGoneAndAnEarlierOneOfItsNumberIs() {
    ProcessIdentity self = ProcessIdentity.self();

    assertThat(self.isGone()).isFalse();
    assertThat(
            new ProcessIdentity(self.pid(), self.bootId(), self.namespaces(), self.startTicks() - 1)
                .isGone())
        .isTrue();
  }

  @Test
  void aRealZombieIsGone() throws Exception {
    // The shell starts a process, and becomes one that never waits for it.
    Process parent = new ProcessBuilder("sh", "-c", "sleep 0.3 & echo $!; exec sleep 60").start();
    try (BufferedReader out = parent.inputReader()) {
      Path child = Path.of("/proc", out.readLine());
      ProcessIdentity self = ProcessIdentity.self();
      String[] fields = Files.readString(child.resolve("stat")).split(" ");
      ProcessIdentity zombie =
          new ProcessIdentity(
              Long.parseLong(fields[0]),
              self.bootId(),
              self.namespaces(),
              Long.parseLong(fields[21]));
      assertThat(zombie.isGone()).isFalse();

      for (int i = 0; i < 500 && !zombie.isGone(); i++) {
        Thread.sleep(20);
      }

      assertThat(Files.readString(child.resolve("stat"))).contains(") Z ");
      assertThat(ProcessHandle.of(zombie.pid())).get().matches(ProcessHandle::isAlive);
      assertThat(zombie.isGone()).isTrue();
    } finally {
      parent.destroyForcibly();
    }
  }
}
