package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The weights of a component in a temporary folder, for tests that open them. */
abstract class ComponentWeights {

  /** The name of the component's files, without what follows it. */
  static final String NAME = "diffusion_pytorch_model";

  @TempDir Path folder;
  NDManager manager;

  @BeforeEach
  void openManager() {
    manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
  }

  @AfterEach
  void closeManager() {
    manager.close();
  }

  /**
   * Opens the weights of the folder. The manager of the test owns their tensors.
   *
   * @param variant the variant, or null
   */
  StateDict open(String variant, DataType dataType) {
    return StateDict.open("unet", folder, NAME, variant, manager, dataType);
  }

  /** Writes a file with one tensor of one number; returns its path. */
  Path write(String name, float value, String fileName) throws IOException {
    return new SafeTensorsBuilder()
        .floats(name, new long[] {1}, value)
        .write(folder.resolve(fileName));
  }

  /** Asserts that the weights of the folder are refused with a message. */
  void assertRefused(String problem) {
    assertThatThrownBy(() -> open(null, DataType.FLOAT32))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(problem);
  }
}
