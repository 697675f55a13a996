package io.boxwright.diffusion.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.attention.AttentionStore;
import io.boxwright.diffusion.attention.LayoutGuidanceAttnProcessor;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.models.attention.AttnProcessor;
import io.boxwright.testing.Fixtures;
import io.boxwright.torch.GradMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The networks against diffusers, over the fixtures of {@code golden_fixtures.py}. */
class ModelParityTest {

  /** Maps in the fixtures have the columns of the first tokens only. */
  private static final int STORED_TOKENS = 16;

  private final GradMode gradMode = GradMode.disabled();
  private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

  @AfterEach
  void close() {
    manager.close();
    gradMode.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sd2"})
  void unetPredictsWhatDiffusersPredicts(String kind) {
    UNet2DConditionModel unet = unet(folder(kind));
    Map<String, NDArray> golden = golden(kind);
    NDArray prompt = golden.get("text.last_hidden_state");

    NDArray prediction = unet.forward(golden.get("unet.sample"), 500, prompt);

    Fixtures.assertClose(prediction, golden.get("unet.out_at_500"), Fixtures.COMPONENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sd2"})
  void unetTakesWideLatentsAndFractionalTimesteps(String kind) {
    UNet2DConditionModel unet = unet(folder(kind));
    Map<String, NDArray> golden = golden(kind);
    NDArray prompt = golden.get("text.last_hidden_state").get("0:1");

    NDArray prediction = unet.forward(golden.get("unet.wide_sample"), 312.25, prompt);

    Fixtures.assertClose(prediction, golden.get("unet.wide_out_at_312.25"), Fixtures.COMPONENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sd2"})
  void storedAttentionIsThatOfDiffusers(String kind) {
    UNet2DConditionModel unet = unet(folder(kind));
    Map<String, NDArray> golden = golden(kind);
    try (AttentionStore store = new AttentionStore()) {
      storeCrossAttention(unet, store);

      NDArray prediction =
          unet.forward(golden.get("maps.sample"), 700, golden.get("maps.encoder_hidden_states"));

      golden.keySet().stream()
          .filter(name -> name.startsWith("map."))
          .forEach(
              name ->
                  Fixtures.assertClose(
                      store.map(name.substring("map.".length())).get("..., :" + STORED_TOKENS),
                      golden.get(name),
                      Fixtures.COMPONENT));
      Fixtures.assertClose(prediction, golden.get("maps.out_at_700"), Fixtures.COMPONENT);
      assertThat(store.maps(AttentionStore.Place.MID)).hasSize(1);
      assertMapSizes(unet, store, golden.get("maps.sample").getShape());
    }
  }

  private static void assertMapSizes(
      UNet2DConditionModel unet, AttentionStore store, Shape latents) {
    for (AttentionStore.Place place : AttentionStore.Place.values()) {
      store
          .maps(place)
          .forEach(
              (path, map) ->
                  assertThat(unet.mapSize(path, latents).positions())
                      .as(path)
                      .isEqualTo((int) map.getShape().get(2)));
    }
  }

  private static void storeCrossAttention(UNet2DConditionModel unet, AttentionStore store) {
    Map<String, AttentionProcessor> processors = new HashMap<>(unet.attnProcessors());
    processors.replaceAll(
        (name, processor) ->
            name.endsWith("attn2.processor") ? new LayoutGuidanceAttnProcessor(store) : processor);
    unet.setAttnProcessor(processors);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sd2"})
  void vaeDecodesAndEncodesAsDiffusersDoes(String kind) {
    AutoencoderKL vae = vae(folder(kind));
    Map<String, NDArray> golden = golden(kind);

    Fixtures.assertClose(
        vae.decode(golden.get("vae.latents")), golden.get("vae.decoded"), Fixtures.COMPONENT);
    Fixtures.assertClose(
        vae.encode(golden.get("vae.image")), golden.get("vae.moments"), Fixtures.COMPONENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sharded", "bf16", "only_cross_attention", "options"})
  void oddUnetsPredictWhatDiffusersPredicts(String variant) {
    assertVariant(variant, null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"only_cross_attention", "options"})
  void samplesWithTwoPromptsArePredictedAsSamplesTwiceOver(String variant) {
    Map<String, NDArray> golden = Fixtures.tensors("golden/variants.safetensors", manager);
    UNet2DConditionModel unet = unet(Fixtures.variant(variant), null);
    NDArray sample = golden.get("sample");
    NDArray prompts = golden.get("encoder_hidden_states");
    NDArray both = prompts.mul(-1).concat(prompts, 0);

    NDArray expected = unet.forward(sample.concat(sample, 0), 500, both);
    NDArray actual = unet.forward(sample, 500, both);

    Fixtures.assertClose(actual, expected, Fixtures.COMPONENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fp16", "sharded_fp16"})
  void halfPrecisionFilesAreReadAsVariants(String variant) {
    assertVariant(variant, "fp16");
  }

  private void assertVariant(String name, String variant) {
    Map<String, NDArray> golden = Fixtures.tensors("golden/variants.safetensors", manager);
    UNet2DConditionModel unet = unet(Fixtures.variant(name), variant);

    NDArray prediction =
        unet.forward(golden.get("sample"), 500, golden.get("encoder_hidden_states"));

    Fixtures.assertClose(prediction, golden.get(name + ".out_at_500"), Fixtures.COMPONENT);
  }

  @Test
  void vaeOfOldTakesItsDeprecatedAttentionNames() {
    Map<String, NDArray> golden = Fixtures.tensors("golden/variants.safetensors", manager);
    AutoencoderKL vae = vae(Fixtures.variant("legacy_vae"));

    Fixtures.assertClose(
        vae.decode(golden.get("legacy_vae.latents")),
        golden.get("legacy_vae.decoded"),
        Fixtures.COMPONENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sd2"})
  void attentionProcessorsAreListedAsDiffusersListsThem(String kind) {
    List<String> expected = new ArrayList<>();
    for (JsonNode name : Fixtures.json("golden/" + kind + "_attn_processors.json")) {
      expected.add(name.asText());
    }

    assertThat(unet(folder(kind)).attnProcessors().keySet()).containsExactlyElementsOf(expected);
  }

  @Test
  void attentionProcessorsAreRefusedUnlessThereIsOneForEach() {
    UNet2DConditionModel unet = unet(Fixtures.sd1());
    Map<String, AttentionProcessor> processors = unet.attnProcessors();
    String first = processors.keySet().iterator().next();
    processors.remove(first);
    int count = processors.size();

    assertThatThrownBy(() -> unet.setAttnProcessor(processors))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("A map of " + count + " attention processors")
        .hasMessageContaining("the model has " + (count + 1) + " attentions");
    processors.put("no_such_place.processor", new AttnProcessor());
    assertThatThrownBy(() -> unet.setAttnProcessor(processors))
        .hasMessageContaining("There is no attention processor no_such_place.processor");
  }

  @Test
  void unsupportedConfigurationIsRefusedByName() {
    assertThatThrownBy(
            () ->
                new UNet2DConditionConfig(
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    List.of("SimpleCrossAttnDownBlock2D"),
                    List.of("UpBlock2D"),
                    null,
                    null,
                    null,
                    List.of(32),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null))
        .hasMessageContaining("down_block_types SimpleCrossAttnDownBlock2D is not supported");
  }

  private static Path folder(String kind) {
    return kind.equals("sd1") ? Fixtures.sd1() : Fixtures.sd2();
  }

  private Map<String, NDArray> golden(String kind) {
    Map<String, NDArray> golden =
        new HashMap<>(Fixtures.tensors("golden/" + kind + "_components.safetensors", manager));
    NDArray states = golden.get("text.last_hidden_state");
    golden.put("maps.encoder_hidden_states", states.get("1:2"));
    return golden;
  }

  private UNet2DConditionModel unet(Path folder) {
    return unet(folder, null);
  }

  private UNet2DConditionModel unet(Path folder, String variant) {
    Path unet = folder.resolve("unet");
    StateDict weights =
        StateDict.open("unet", unet, "diffusion_pytorch_model", variant, manager, DataType.FLOAT32);
    UNet2DConditionModel model =
        new UNet2DConditionModel(UNet2DConditionConfig.read(unet), weights);
    weights.finish();
    return model;
  }

  private AutoencoderKL vae(Path folder) {
    Path vae = folder.resolve("vae");
    StateDict weights =
        StateDict.open("vae", vae, "diffusion_pytorch_model", null, manager, DataType.FLOAT32)
            .convertDeprecatedAttentionBlocks();
    AutoencoderKL model = AutoencoderKL.withEncoder(AutoencoderKLConfig.read(vae), weights);
    weights.finish();
    return model;
  }
}
