package io.boxwright.job.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.output.FoundLock.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunLockTest {

  private static final Duration WATCH = Duration.ofMillis(300);

  /** The local file system, where something happens just before a file is created. */
  static final class Paused extends RawLocalFileSystem {

    private static final AtomicReference<Runnable> MEANWHILE = new AtomicReference<>(() -> {});

    @Override
    public FSDataOutputStream createNonRecursive(
        org.apache.hadoop.fs.Path file,
        FsPermission permission,
        EnumSet<CreateFlag> flags,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      MEANWHILE.getAndSet(() -> {}).run();
      return super.createNonRecursive(
          file, permission, flags, bufferSize, replication, blockSize, progress);
    }
  }

  @TempDir private Path folder;
  private RunFolder run;
  private Path file;

  @BeforeEach
  void openFolder() {
    Configuration configuration = new Configuration();
    configuration.set("fs.file.impl", Paused.class.getName());
    configuration.set("fs.file.impl.disable.cache", "true");
    run = RunFolder.of(configuration, folder.toString());
    file = folder.resolve("_lock");
  }

  private RunLock take() {
    return RunLock.take(run, "app-2", () -> {}, WATCH);
  }

  /** A driver on this host, by its name, whose process cannot be looked at from here. */
  private static LockHolder inAnotherContainer(long term) {
    LockHolder self = LockHolder.self(term, "app-1");
    ProcessIdentity process = new ProcessIdentity(1, self.process().bootId(), "pid:[2]", 7L);
    return new LockHolder("token", term, self.host(), "app-1", process, self.heartbeat());
  }

  private void lock(LockHolder holder, Duration age) throws Exception {
    run.write(RunFolder.LOCK, holder);
    age(age);
  }

  private void age(Duration age) throws Exception {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
  }

  private Verdict verdict() {
    return FoundLock.in(run).orElseThrow().judge(run.readClock());
  }

  private LockHolder there() {
    return FoundLock.in(run).orElseThrow().holder().orElseThrow();
  }

  @Test
  void aYoungLockIsAliveWhateverItsHostAndItsOwnClockSay() throws Exception {
    LockHolder holder = inAnotherContainer(3);
    LockHolder wrongClock =
        new LockHolder(
            "token", 3, holder.host(), "app-1", holder.process(), "2001-01-01T00:00:00Z");
    lock(wrongClock, Duration.ofSeconds(10));

    assertThat(verdict()).isEqualTo(Verdict.ALIVE);
    assertThatThrownBy(this::take)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("in use: process 1 on " + holder.host())
        .hasMessageMatching(".*give this command again in 2(8\\d|90|91) s");
    assertThat(there()).isEqualTo(wrongClock);
  }

  @Test
  void aProcessThatHasEndedIsGoneAtOnceAndItsTermIsSurpassed() throws Exception {
    lock(Locks.ofEndedProcess(7), Duration.ZERO);
    assertThat(verdict()).isEqualTo(Verdict.GONE);

    long start = System.nanoTime();
    try (RunLock lock = take()) {
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WATCH);
      assertThat(lock.holder().term()).isEqualTo(8);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {10, -10})
  void aLockThatIsOldOrOfTheFutureIsTakenOver(long minutes) throws Exception {
    lock(inAnotherContainer(4), Duration.ofMinutes(minutes));
    assertThat(verdict()).isEqualTo(Verdict.SILENT);

    try (RunLock lock = take()) {
      assertThat(lock.holder().term()).isEqualTo(5);
      assertThat(there()).isEqualTo(lock.holder());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {10, -10})
  void aSignOfLifeWhileTheLockIsWatchedKeepsIt(long minutes) throws Exception {
    LockHolder holder = inAnotherContainer(4);
    lock(holder, Duration.ofMinutes(minutes));
    Thread driver = new Thread(() -> renewLater(holder));
    driver.start();

    assertThatThrownBy(this::take)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("in use");

    driver.join();
    assertThat(there().token()).isEqualTo("token");
  }

  private void renewLater(LockHolder holder) {
    try {
      Thread.sleep(WATCH.toMillis() / 3);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    run.write(RunFolder.LOCK, holder.renewed());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"token\" : \"7", "null", "[]", "{}", "\0\0\0\0"})
  void aDamagedLockIsJudgedByItsAge(String content) throws Exception {
    Files.writeString(file, content);

    assertThat(verdict()).isEqualTo(Verdict.ALIVE);
    assertThatThrownBy(this::take)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("a damaged file _lock of %d bytes".formatted(content.length()))
        .hasMessageContaining("give this command again in 30");

    age(Duration.ofHours(1));
    try (RunLock lock = take()) {
      assertThat(there()).isEqualTo(lock.holder());
    }
  }

  @Test
  void aLockThatCannotBeReadIsNotAbsent() throws Exception {
    Files.createDirectories(file);

    assertThatThrownBy(this::take).hasMessageContaining("a damaged file _lock");
  }

  @Test
  void termsRiseThoughLocksAreRemoved() {
    long first;
    try (RunLock lock = take()) {
      Manifest.begin(lock.folder(), lock.holder().term(), List.of());
      first = lock.holder().term();
    }
    assertThat(FoundLock.in(run)).isEmpty();

    try (RunLock lock = take()) {
      assertThat(lock.holder().term()).isGreaterThan(first);
    }
  }

  private void assertNothingCanBeTouched(RunLock lock) throws Exception {
    Path plan = Files.writeString(folder.resolve("plan.json"), "another's");
    Files.createDirectories(folder.resolve("_staging"));
    byte[] before = Files.exists(file) ? Files.readAllBytes(file) : null;
    RunFolder late = lock.folder();
    assertThatThrownBy(() -> late.write(RunFolder.RUN, Map.of()))
        .isInstanceOf(LockLostException.class);
    assertThatThrownBy(() -> late.writePicture("p.png", new byte[1]))
        .isInstanceOf(LockLostException.class);
    assertThatThrownBy(() -> late.delete(RunFolder.PLAN)).isInstanceOf(LockLostException.class);
    assertThatThrownBy(new FolderContents(late)::clear).isInstanceOf(LockLostException.class);
    assertThatThrownBy(new Staging(late)::sweep).isInstanceOf(LockLostException.class);
    assertThatThrownBy(lock::renew).isInstanceOf(LockLostException.class);
    lock.close();
    assertThat(plan).hasContent("another's");
    assertThat(folder.resolve("_staging")).isEmptyDirectory();
    assertThat(Files.exists(file) ? Files.readAllBytes(file) : null).isEqualTo(before);
  }

  @Test
  void whoLosesTheLockTouchesNothing() throws Exception {
    RunLock lock = take();
    lock(inAnotherContainer(2), Duration.ZERO);

    assertThat(lock.lost())
        .get()
        .extracting(Throwable::getMessage)
        .asString()
        .contains("was taken by another run: process 1 on", "touched nothing");
    assertNothingCanBeTouched(lock);
  }

  @Test
  void whoIsPausedBetweenACheckAndAWriteBringsNothingBack() throws Exception {
    RunLock lock = take();
    Paused.MEANWHILE.set(
        () -> {
          try (RunLock another = take()) { // which ends, too
            Files.writeString(folder.resolve("plan.json"), "another's");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    age(Duration.ofHours(1));

    assertThatThrownBy(lock::renew).isInstanceOf(LockLostException.class);
    lock.close();

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("plan.json"));
    }
  }

  @Test
  void anAbsentLockIsLost() throws Exception {
    RunLock lock = take();
    Files.delete(file);

    assertThat(lock.lost())
        .get()
        .extracting(Throwable::getMessage)
        .asString()
        .contains("The lock of output folder", "is gone");
    assertNothingCanBeTouched(lock);
  }

  @Test
  void ofTwoThatTakeItInTheSameInstantTheLaterHasIt() throws Exception {
    RunLock lock = take();
    lock(inAnotherContainer(lock.holder().term()), Duration.ZERO);

    assertThat(lock.lost()).isPresent();
    assertNothingCanBeTouched(lock);
  }

  @Test
  void anOlderDriverThatWakesInTheMiddleOfItsHeartbeatWinsNothing() throws Exception {
    lock(Locks.ofEndedProcess(5), Duration.ZERO);
    RunLock lock = take();
    lock(inAnotherContainer(5), Duration.ZERO);

    assertThat(lock.lost()).isEmpty();
    assertThatCode(() -> new Fence("token", 5).check(run)).doesNotThrowAnyException();

    lock.renew();
    assertThatThrownBy(() -> new Fence("token", 5).check(run))
        .isInstanceOf(LockLostException.class);
    lock.close();
  }

  @Test
  void whoeverHoldsTheLockMendsIt() throws Exception {
    RunLock lock = take();
    Files.writeString(file, "");

    lock.renew();

    assertThat(there()).isEqualTo(lock.holder());
    lock.close();
    assertThat(file).doesNotExist();
  }

  @Test
  void aHeartbeatTellsOfTheLoss() throws Exception {
    CountDownLatch lost = new CountDownLatch(1);
    try (RunLock lock = RunLock.take(run, "app-2", lost::countDown)) {
      lock(inAnotherContainer(9), Duration.ZERO);

      assertThat(lost.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(there().term()).isEqualTo(9);
  }

  @Test
  void renewingIsASignOfLife() throws Exception {
    RunLock lock = take();
    age(Duration.ofHours(1));
    FoundLock before = FoundLock.in(run).orElseThrow();

    lock.renew();

    assertThat(FoundLock.in(run).orElseThrow()).isNotEqualTo(before);
    assertThat(verdict()).isEqualTo(Verdict.ALIVE);
    lock.close();
    assertThat(FoundLock.in(run)).isEmpty();
  }

  @Test
  void theClockIsTheFileSystemsAndLeavesNothing() {
    assertThat(run.readClock())
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
    assertThat(new Staging(run).names()).isEmpty();
  }

  @Test
  void aLastSignOfLifeLeavesNoEmptyFolder() throws Exception {
    try (RunLock lock = RunLock.take(run, "app-1", () -> {}, WATCH)) {
      lock.renew();
      Files.createDirectories(folder.resolve("_staging"));
    }

    assertThat(folder).isEmptyDirectory();
  }
}
