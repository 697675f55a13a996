package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The way of tensors to a GPU, here with the CPU at its end, beside that to the CPU. */
class TensorReaderTest {

  @TempDir private Path folder;
  private NDManager manager;
  private Path file;
  private Map<String, SafeTensor> tensors;

  @BeforeEach
  void write() throws IOException {
    manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    file =
        new SafeTensorsBuilder()
            .floats("full", new long[] {2, 2}, 1, -2, 0.5f, 4)
            .shorts("F16", "half", new long[] {3}, 0x3C00, 0xC000, 0x3800)
            .shorts("BF16", "brain", new long[] {1, 3}, 0x3F80, 0xC000, 0x3F00)
            .write(folder.resolve("weights.safetensors"));
    tensors = SafeTensors.read(file);
  }

  @AfterEach
  void closeManager() {
    manager.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT16"})
  void stagedTensorsAreThoseOfTheFile(DataType dataType) {
    try (TensorReader reader = new TensorReader(manager, dataType)) {
      NDArray half = reader.readStaged(tensors.get("half"));
      NDArray full = reader.readStaged(tensors.get("full"));
      NDArray brain = reader.readStaged(tensors.get("brain"));

      assertHolds(full, dataType, new Shape(2, 2), 1, -2, 0.5f, 4);
      assertHolds(half, dataType, new Shape(3), 1, -2, 0.5f);
      assertHolds(brain, dataType, new Shape(1, 3), 1, -2, 0.5f);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void noPartOfAFileStaysMappedAfterStaging() throws IOException {
    try (TensorReader reader = new TensorReader(manager, DataType.FLOAT32)) {
      reader.readStaged(tensors.get("full"));
      reader.readStaged(tensors.get("half"));
      reader.readStaged(tensors.get("brain"));
      assertThat(memory()).doesNotContain(file.toRealPath().toString());

      NDArray mapped = reader.readMapped(tensors.get("full"));
      assertThat(memory()).contains(file.toRealPath().toString());
      assertHolds(mapped, DataType.FLOAT32, new Shape(2, 2), 1, -2, 0.5f, 4);
    }
  }

  @Test
  void onTheCpuTensorsAreMapped() throws IOException {
    NDArray full = new TensorReader(manager, DataType.FLOAT32).read(tensors.get("full"));
    try (RandomAccessFile written = new RandomAccessFile(file.toFile(), "rw")) {
      written.seek(tensors.get("full").position());
      written.writeInt(Integer.reverseBytes(Float.floatToIntBits(7)));
    }

    assertThat(full.toFloatArray()).containsExactly(7, -2, 0.5f, 4);
  }

  @Test
  void tensorsOutliveTheReaderAndTheOpenScope() {
    TensorReader reader = new TensorReader(manager, DataType.FLOAT32);
    NDArray half;
    NDArray full;
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      half = reader.readStaged(tensors.get("half"));
    }
    full = reader.readStaged(tensors.get("full"));
    reader.close();
    NDArray again = reader.readStaged(tensors.get("full"));
    reader.close();

    assertThat(half.toFloatArray()).containsExactly(1, -2, 0.5f);
    assertThat(full.toFloatArray()).isEqualTo(again.toFloatArray());
    assertThat(manager.getManagedArrays()).containsExactlyInAnyOrder(half, full, again);
  }

  @Test
  void theMemoryOfAReaderEndsWithTheManager() {
    new TensorReader(manager, DataType.FLOAT32).readStaged(tensors.get("half"));
    assertThat(manager.getManagedArrays()).hasSize(2);

    manager.close();

    assertThat(manager.getManagedArrays()).isEmpty();
  }

  @Test
  void aFileThatHasBecomeShorterIsNamed() throws IOException {
    try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
      cut.setLength(tensors.get("half").end() - 1);
    }

    assertThatThrownBy(
            () -> new TensorReader(manager, DataType.FLOAT32).readStaged(tensors.get("half")))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage(
            "Cannot read %s: it ends before byte %d".formatted(file, tensors.get("half").end()));
  }

  private static void assertHolds(NDArray array, DataType type, Shape shape, float... numbers) {
    assertThat(array.getDataType()).isEqualTo(type);
    assertThat(array.getShape()).isEqualTo(shape);
    assertThat(array.toType(DataType.FLOAT32, false).toFloatArray()).containsExactly(numbers);
  }

  /** Lists the files that this process has mapped. */
  private static String memory() throws IOException {
    return Files.readString(Path.of("/proc/self/maps"));
  }
}
