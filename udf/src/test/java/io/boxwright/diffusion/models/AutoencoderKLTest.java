package io.boxwright.diffusion.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.testing.Fixtures;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is loaded of a VAE. */
class AutoencoderKLTest {

  private static final Path FOLDER = Fixtures.sd1().resolve("vae");

  private NDManager manager;

  @BeforeEach
  void openManager() {
    manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
  }

  @AfterEach
  void closeManager() {
    manager.close();
  }

  @Test
  void imagesAreMadeWithoutTheEncoder() {
    Map<String, NDArray> golden = Fixtures.tensors("golden/sd1_components.safetensors", manager);
    AutoencoderKL vae = new AutoencoderKL(AutoencoderKLConfig.read(FOLDER), open());

    Fixtures.assertClose(
        vae.decode(golden.get("vae.latents")), golden.get("vae.decoded"), Fixtures.COMPONENT);
    assertThatThrownBy(() -> vae.encode(golden.get("vae.image")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("This VAE was loaded without its encoder");
  }

  @Test
  void theEncoderIsLoadedOnRequestAlone() {
    AutoencoderKLConfig config = AutoencoderKLConfig.read(FOLDER);
    int before = manager.getManagedArrays().size();
    new AutoencoderKL(config, open());
    int decoder = manager.getManagedArrays().size() - before;
    AutoencoderKL.withEncoder(config, open());
    int whole = manager.getManagedArrays().size() - before - decoder;

    assertThat(decoder).isPositive();
    assertThat(whole).isGreaterThan(decoder + decoder / 2);
  }

  @Test
  void tensorsOfAnEncoderThatIsNotLoadedAreNotNamed() {
    StateDict weights = open();
    new AutoencoderKL(AutoencoderKLConfig.read(FOLDER), weights);

    assertThat(weights.finish()).isEqualTo(Optional.empty());
  }

  @Test
  void anEncoderThatIsAskedForHasToBeThere() {
    StateDict weights = open().without("encoder.conv_in.weight", "quant_conv.bias");
    AutoencoderKL.withEncoder(AutoencoderKLConfig.read(FOLDER), weights);

    assertThatThrownBy(weights::finish)
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("2 missing tensors: ")
        .hasMessageContaining("encoder.conv_in.weight")
        .hasMessageContaining("quant_conv.bias");
  }

  private StateDict open() {
    return StateDict.open(
        "vae", FOLDER, "diffusion_pytorch_model", null, manager, DataType.FLOAT32);
  }
}
