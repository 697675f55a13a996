package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints of other families than Stable Diffusion 1.x and 2.x. */
class SingleFileTest {

  private static final String CONV_IN = "model.diffusion_model.input_blocks.0.0.weight";

  @TempDir private Path folder;

  /** Writes a file with the first convolution of a UNet and one more tensor of one number. */
  private Path write(int channels, String name) throws IOException {
    int bytes = channels * Float.BYTES;
    String header =
        """
        {"%s": {"dtype": "F32", "shape": [1, %d, 1, 1], "data_offsets": [0, %d]},
         "%s": {"dtype": "F32", "shape": [1], "data_offsets": [%d, %d]}}\
        """
            .formatted(CONV_IN, channels, bytes, name, bytes, bytes + Float.BYTES);
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(Long.BYTES + text.length + bytes + Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text);
    return Files.write(folder.resolve("model.safetensors"), file.array());
  }

  @ParameterizedTest
  @CsvSource({
    "unet, model.diffusion_model., middle_block.1",
    "unet, model.diffusion_model., input_blocks.99999999999.0.x",
    "vae, first_stage_model., decoder.up.99999999999.x",
    "text_encoder, cond_stage_model.model., transformer.resblocks.99999999999.x",
  })
  void oddNamesAreKeptSoThatTheyAreLeftOver(String component, String prefix, String name)
      throws IOException {
    assertThat(SingleFile.read(component, write(4, prefix + name))).containsKey(name);
  }

  @Test
  void aJointProjectionThatHasNoThreePartsIsLeftOver() throws IOException {
    Path file = write(4, "cond_stage_model.model.transformer.resblocks.0.attn.in_proj_bias");

    assertThat(SingleFile.read("text_encoder", file))
        .containsOnlyKeys("text_model.encoder.layers.0.attn.in_proj_bias");
  }

  @ParameterizedTest
  @CsvSource({
    "4, conditioner.embedders.0.weight, it is of Stable Diffusion XL; use a checkpoint of",
    "4, model.diffusion_model.joint_blocks.0.weight, it is of Stable Diffusion 3; use",
    "4, double_blocks.0.img_attn.weight, it is of Flux; use",
    "4, control_model.input_blocks.0.0.weight, it is a ControlNet; use",
    "4, lora_unet_x.lora_down.weight, it is a LoRA: give it to --lora",
    "4, first_stage_model.decoder.conv_in.bias, it holds no weights of the text_encoder",
    "9, first_stage_model.decoder.conv_in.bias, 'it is an inpainting model, whose UNet has 9 input channels'",
  })
  void otherFamiliesAreRefusedByName(int channels, String name, String problem) throws IOException {
    Path file = write(channels, name);

    assertThatThrownBy(() -> SingleFile.read("text_encoder", file))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageStartingWith("Cannot load a model from %s: %s".formatted(file, problem));
  }
}
