package io.boxwright.diffusion.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.testing.Fixtures;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against what torch's FlopCounterMode counts while diffusers' UNets run. */
class UNetFlopsTest {

  private final JsonNode figures = Fixtures.json("flops/unets.json");

  private static UNetFlops count(JsonNode figure) {
    Path folder = Path.of("..", figure.get("folder").asText());
    return new UNetFlops(
        UNet2DConditionConfig.read(folder.resolve("unet")),
        figure.get("height").asInt(),
        figure.get("width").asInt(),
        figure.get("tokens").asInt());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shapes",
        "tiny, square",
        "tiny, wide",
        "tiny, odd levels",
        "tiny sd2",
        "options",
        "sd15",
        "sd21"
      })
  void everyPassHasTorchsCount(String name) {
    JsonNode figure = figures.get(name);
    String last = figure.get("last_guided_attention").asText();

    UNetFlops flops = count(figure);

    assertThat(flops.forward()).isEqualTo(figure.get("forward").asLong());
    assertThat(flops.forwardTo(last)).isEqualTo(figure.get("guided_forward").asLong());
    assertThat(flops.backwardFrom(last)).isEqualTo(figure.get("guided_backward").asLong());
  }

  @Test
  void anUnknownAttentionIsRefused() {
    UNetFlops flops = count(figures.get("shapes"));

    assertThatThrownBy(() -> flops.forwardTo("mid_block.attentions.9"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("There is no attention mid_block.attentions.9");
  }
}
