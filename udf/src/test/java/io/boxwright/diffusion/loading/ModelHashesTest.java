package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.testing.Fixtures;
import io.boxwright.testing.ModelCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelHashesTest {

  private static final String UNET = "unet/diffusion_pytorch_model.safetensors";
  private static final int BLOCK = 64 << 10;

  @TempDir private Path folder;

  private Path model;

  @BeforeEach
  void copyModel() throws Exception {
    model = ModelCopy.of(Fixtures.sd1(), folder.resolve("model")).folder();
  }

  private ModelFingerprint fingerprint(Path of, String variant) {
    return new ModelHashes(folder.resolve("cache"), BLOCK)
        .hash(of, PipelineFiles.of(of, variant))
        .fingerprint();
  }

  private String hash(Path of) {
    return fingerprint(of, null).hex();
  }

  private static void flip(Path file, long place) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) place] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void aCopyHasTheSameWhateverElseLiesThere() throws Exception {
    Path copy = ModelCopy.of(model, folder.resolve("copy")).folder();
    Files.writeString(copy.resolve("README.md"), "a copy");
    Files.writeString(copy.resolve("unet/diffusion_pytorch_model.bin"), "pickled");
    Files.writeString(copy.resolve("unet/diffusion_pytorch_model.fp16.safetensors"), "not asked");

    assertThat(hash(copy)).isEqualTo(hash(model));
  }

  @Test
  void everyFileThatIsReadCounts() throws Exception {
    String before = hash(model);
    for (String path : PipelineFiles.of(model, null)) {
      Path file = model.resolve(path);
      byte[] content = Files.readAllBytes(file);
      flip(file, content.length / 2);
      assertThat(changedHash()).as("with another %s", path).isNotEqualTo(before);
      Files.write(file, content);
    }
    assertThat(hash(model)).isEqualTo(before);
  }

  /** The same files, though one of them may be no JSON any more. */
  private String changedHash() {
    return new ModelHashes(folder.resolve("cache"), BLOCK)
        .hash(model, PipelineFiles.of(Fixtures.sd1(), null))
        .fingerprint()
        .hex();
  }

  @Test
  void aByteInTheMiddleOfALongFileCounts() throws Exception {
    byte[] weights = new byte[5 << 20];
    new Random(1).nextBytes(weights);
    Path file = Files.write(model.resolve(UNET), weights);
    String before = hash(model);

    flip(file, (2 << 20) + 123_457);

    assertThat(hash(model)).isNotEqualTo(before);
  }

  @Test
  void aLinkToAModelIsTheModel() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), model);
    String before = hash(link);

    assertThat(before).isEqualTo(hash(model));

    Path other = ModelCopy.of(model, folder.resolve("other")).folder();
    flip(other.resolve(UNET), Files.size(other.resolve(UNET)) - 1);
    Files.delete(link);
    Files.createSymbolicLink(link, other);

    assertThat(hash(link)).isEqualTo(hash(other)).isNotEqualTo(before);
  }

  @Test
  void aPartThatIsALinkIsRead() throws Exception {
    Path unet = folder.resolve("the unet");
    Files.move(model.resolve("unet"), unet);
    Files.createSymbolicLink(model.resolve("unet"), unet);

    assertThat(hash(model)).isEqualTo(hash(Fixtures.sd1()));

    flip(unet.resolve("diffusion_pytorch_model.safetensors"), 3000);

    assertThat(hash(model)).isNotEqualTo(hash(Fixtures.sd1()));
  }

  @Test
  void aFileThatIsALinkIsReadAsInTheCacheOfHuggingFace() throws Exception {
    Path blob = folder.resolve("blob");
    Files.move(model.resolve(UNET), blob);
    Files.createSymbolicLink(model.resolve(UNET), blob);
    String before = hash(model);
    assertThat(before).isEqualTo(hash(Fixtures.sd1()));

    Path other = Files.copy(blob, folder.resolve("other blob"));
    flip(other, 3000);
    Files.delete(model.resolve(UNET));
    Files.createSymbolicLink(model.resolve(UNET), other);

    assertThat(hash(model)).isNotEqualTo(before);
  }

  @Test
  void theVariantsFilesAreTheModel() throws Exception {
    String plain = hash(model);
    Path half = model.resolve("unet/diffusion_pytorch_model.fp16.safetensors");
    Files.copy(model.resolve(UNET), half);
    ModelFingerprint before = fingerprint(model, "fp16");

    assertThat(before.files()).containsKey("unet/" + half.getFileName()).doesNotContainKey(UNET);
    assertThat(before.files()).containsKey("vae/diffusion_pytorch_model.safetensors");
    flip(half, 3000);
    assertThat(fingerprint(model, "fp16")).isNotEqualTo(before);
    assertThat(hash(model)).isEqualTo(plain);
  }

  @Test
  void shardsAndTheirIndexAreTheModel() throws Exception {
    Files.delete(model.resolve(UNET));
    Path sharded =
        Path.of("src/test/resources/fixtures/models/variants/sharded/unet").toAbsolutePath();
    for (String name : sharded.toFile().list()) {
      Files.copy(
          sharded.resolve(name),
          model.resolve("unet").resolve(name),
          StandardCopyOption.REPLACE_EXISTING);
    }
    ModelFingerprint before = fingerprint(model, null);

    assertThat(before.files().keySet().stream().filter(path -> path.startsWith("unet/")))
        .containsExactly(
            "unet/config.json",
            "unet/diffusion_pytorch_model-00001-of-00003.safetensors",
            "unet/diffusion_pytorch_model-00002-of-00003.safetensors",
            "unet/diffusion_pytorch_model-00003-of-00003.safetensors",
            "unet/diffusion_pytorch_model.safetensors.index.json");
    Path shard = model.resolve("unet/diffusion_pytorch_model-00002-of-00003.safetensors");
    flip(shard, Files.size(shard) / 2);
    assertThat(fingerprint(model, null).difference(before).orElseThrow())
        .matches(
            "unet/diffusion_pytorch_model-00002-of-00003\\.safetensors: sha256 [0-9a-f]{12} instead of"
                + " sha256 [0-9a-f]{12}");
  }

  @Test
  void aModelWithOtherFilesIsAnother() throws Exception {
    ModelFingerprint before = fingerprint(model, null);
    Files.writeString(model.resolve("layout_guidance.json"), "{}");

    assertThat(fingerprint(model, null).difference(before).orElseThrow())
        .matches("layout_guidance\\.json: sha256 [0-9a-f]{12} instead of no such file");
  }

  // What is remembered

  /** Writes other bytes of the same length, and sets back what can be set back. */
  private static void swapUnseen(Path file) throws IOException {
    FileTime modified = Files.getLastModifiedTime(file);
    flip(file, Files.size(file) / 2);
    Files.setLastModifiedTime(file, modified);
  }

  private Path memory() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("cache/fingerprints"))) {
      return files.filter(file -> file.toString().endsWith(".json")).findFirst().orElseThrow();
    }
  }

  /** Lets files of the model become old enough to be remembered. */
  private static void settle() throws Exception {
    Thread.sleep(2100);
  }

  /** Changes what is remembered of a file; who gives it back has not read the file. */
  private void plant(String path) throws IOException {
    String json = Files.readString(memory());
    String planted =
        json.replaceFirst(
            "(\"%s\":\\{.*?\"hash\":\")[0-9a-f]{64}".formatted(path), "$1" + "ab".repeat(32));
    assertThat(planted).isNotEqualTo(json);
    Files.writeString(memory(), planted);
  }

  @Test
  void whatIsAsItWasIsNotReadAgain() throws Exception {
    settle();
    hash(model);
    plant(UNET);

    assertThat(fingerprint(model, null).files()).containsEntry(UNET, "ab".repeat(32));
  }

  @Test
  void aSwapOfTheSameSizeAndTimeIsSeen() throws Exception {
    settle();
    String before = hash(model);
    swapUnseen(model.resolve(UNET));

    assertThat(hash(model)).isNotEqualTo(before);
  }

  @Test
  void anotherFileMovedOverItIsSeen() throws Exception {
    Path other = Files.copy(model.resolve(UNET), folder.resolve("other"));
    flip(other, 3000);
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(model.resolve(UNET)));
    settle();
    String before = hash(model);
    Files.move(other, model.resolve(UNET), StandardCopyOption.REPLACE_EXISTING);

    assertThat(hash(model)).isNotEqualTo(before);
  }

  @Test
  void aFileThatWasJustWrittenIsReadAgain() throws Exception {
    hash(model);

    assertThat(folder.resolve("cache/fingerprints")).isDirectoryNotContaining("glob:**.json");
  }

  @Test
  void aStateIsSettledWhenTheClocksOfFileSystemsHaveMovedOn() throws Exception {
    FileState state = FileState.of(model.resolve(UNET));
    Instant changed = Instant.parse(state.changed());

    assertThat(state.isSettled(changed.plusSeconds(1))).isFalse();
    assertThat(state.isSettled(changed.plusSeconds(3))).isTrue();
    Files.setLastModifiedTime(
        model.resolve(UNET), FileTime.from(changed.minus(Duration.ofDays(1))));
    assertThat(FileState.of(model.resolve(UNET)).isSettled(changed.plusSeconds(1))).isFalse();
  }

  @Test
  void aDamagedMemoryIsMadeAnew() throws Exception {
    settle();
    String right = hash(model);
    String memory = Files.readString(memory());
    for (String damaged :
        List.of(
            "",
            "{",
            "[]",
            "{\"files\":null}",
            memory.substring(0, memory.length() / 2),
            memory.replaceAll("[0-9a-f]{64}", "short"),
            memory.replaceAll("\"state\":\\{[^}]*}", "\"state\":null"),
            memory.replaceAll("\"modified\":\"[^\"]*\"", "\"modified\":\"yesterday\""))) {
      Files.writeString(memory(), damaged);

      assertThat(hash(model)).as("with the memory %s", damaged).isEqualTo(right);
      assertThat(memory()).hasContent(memory);
    }
  }

  @Test
  void aMemoryThatCannotBeKeptCostsTimeOnly() throws Exception {
    Path file = Files.writeString(folder.resolve("cache"), "not a folder");

    assertThat(hash(model)).isEqualTo(hash(Fixtures.sd1()));
    assertThat(file).hasContent("not a folder");
  }

  @Test
  void manyAtOnceGiveTheSame() throws Exception {
    settle();
    String right = hash(Fixtures.sd1());
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<String>> hashes = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      Callable<String> task = () -> hash(model);
      hashes.add(threads.submit(task));
    }
    for (Future<String> hash : hashes) {
      assertThat(hash.get()).isEqualTo(right);
    }
    threads.shutdown();
    plant(UNET); // it is whole
  }

  @Test
  void aFolderWaitsForTheProcessThatReadsIt() throws Exception {
    settle();
    hash(model);
    Path lock = Path.of(memory() + ".lock");
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<String> waiting;
    Process holder = LockHolder.start(lock);
    try {
      assertThat(LockHolder.isHeld(lock)).isTrue();
      waiting = thread.submit(() -> hash(model));
      Thread.sleep(500);
      assertThat(waiting.isDone()).isFalse();
    } finally {
      holder.destroyForcibly().waitFor();
    }
    assertThat(waiting.get()).isEqualTo(hash(Fixtures.sd1()));
    thread.shutdown();
  }

  // What is refused

  @Test
  void whatIsThereIsNamed() throws Exception {
    Files.delete(model.resolve("vae/config.json"));

    assertThatThrownBy(() -> hash(model))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("vae/config.json");
    assertThatThrownBy(() -> hash(folder.resolve("none")))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("none");
  }

  @Test
  void aFolderInPlaceOfAFileIsRefused() throws Exception {
    Files.delete(model.resolve("vae/config.json"));
    Files.createDirectory(model.resolve("vae/config.json"));

    assertThatThrownBy(() -> hash(model))
        .hasMessage("Cannot read %s: it is not a regular file", model.resolve("vae/config.json"));
  }

  @Test
  void aModelThatIsWrittenToWhileItIsLoadedIsRefused() throws Exception {
    HashedFolder hashed =
        new ModelHashes(folder.resolve("cache")).hash(model, PipelineFiles.of(model, null));
    hashed.requireUnchanged();
    swapUnseen(model.resolve(UNET));

    assertThatThrownBy(hashed::requireUnchanged)
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(UNET + " was changed while it was loaded");
  }

  @Test
  void aFileThatIsOverwrittenIsNoticedOneThatIsReplacedStaysMapped() throws Exception {
    HashedFolder hashed =
        new ModelHashes(folder.resolve("cache")).hash(model, PipelineFiles.of(model, null));
    Path file = model.resolve(UNET);
    Path other = Files.copy(file, folder.resolve("other"));
    assertThat(hashed.isOverwritten()).isFalse();
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(hashed.isOverwritten()).isFalse();
    Files.delete(file);
    assertThat(hashed.isOverwritten()).isFalse();

    try (FileChannel channel =
        FileChannel.open(model.resolve("vae/config.json"), StandardOpenOption.APPEND)) {
      channel.write(ByteBuffer.wrap(new byte[] {' '}));
    }
    assertThat(hashed.isOverwritten()).isTrue();
  }

  /** A process that holds a lock until it is killed. */
  static final class LockHolder {

    private LockHolder() {}

    /** Locks the file of the argument. */
    public static void main(String[] arguments) throws Exception {
      Path file = Path.of(arguments[0]);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        System.out.println("held " + held.isValid());
        Thread.sleep(600_000);
      }
    }

    /** Starts one, and waits until it has the lock. */
    static Process start(Path lock) throws IOException {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  LockHolder.class.getName(),
                  lock.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      assertThat(process.inputReader().readLine()).isEqualTo("held true");
      return process;
    }

    static boolean isHeld(Path file) throws IOException {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        return lock == null;
      }
    }
  }
}
