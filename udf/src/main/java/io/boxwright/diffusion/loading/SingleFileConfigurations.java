package io.boxwright.diffusion.loading;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The configurations of a checkpoint that has none beside it. They are the published ones of Stable
 * Diffusion 1.5 or 2.1, as in diffusers' {@code from_single_file}, with the sizes that the shapes
 * of the tensors tell. The number of attention heads, the activation and the groups of norms are
 * those of the published ones, because no shape tells them.
 */
final class SingleFileConfigurations {

  /** The tensor whose width tells Stable Diffusion 2.x from 1.x, as in diffusers. */
  private static final String CROSS_ATTENTION =
      "model.diffusion_model.input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight";

  private static final int SD2_WIDTH = 1024;

  /** The training steps of stable-diffusion-2-base, which predicts noise. */
  private static final long BASE_STEPS = 875_000;

  private static final String EPSILON = "epsilon";
  private static final String V_PREDICTION = "v_prediction";
  private static final String SCHEDULER = "scheduler/scheduler_config.json";

  private static final int GROUPS = 32;
  private static final int SD1_HEADS = 8;
  private static final int HEAD_WIDTH = 64; // of Stable Diffusion 2.x and of both text encoders

  private static final ObjectMapper JSON = new ObjectMapper();

  private final SingleFile file;
  private final boolean second;
  private final String predictionType;

  /**
   * Recognizes the architecture.
   *
   * @param predictionType as {@link SingleFile#makeConfigurations} takes it
   */
  SingleFileConfigurations(SingleFile file, String predictionType) {
    this.file = file;
    long[] width = file.shape(CROSS_ATTENTION);
    this.second = width.length == 2 && width[1] == SD2_WIDTH;
    this.predictionType = predictionType == null ? findPredictionType() : predictionType;
  }

  private String findPredictionType() {
    boolean base = file.readWholeNumber("global_step").orElse(0) == BASE_STEPS;
    return second && !base ? V_PREDICTION : EPSILON;
  }

  /** Makes the JSON text of each file, by its path in a diffusers folder. */
  Map<String, String> make() {
    Map<String, ObjectNode> files = new LinkedHashMap<>();
    files.put(ModelIndex.FILE_NAME, readPublished(ModelIndex.FILE_NAME));
    files.put(SCHEDULER, readPublished(SCHEDULER).put("prediction_type", predictionType));
    describe("unet", this::describeUnet, files);
    describe("vae", this::describeVae, files);
    describe("text_encoder", this::describeTextEncoder, files);
    Map<String, String> texts = new LinkedHashMap<>();
    files.forEach((path, json) -> texts.put(path, json.toPrettyString() + "\n"));
    return texts;
  }

  private ObjectNode readPublished(String path) {
    String folder = second ? "random/sd21" : "random/sd15";
    try (InputStream in = ModelFile.inJar(folder, path).content().open()) {
      return (ObjectNode) JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds the configuration of a component that the file holds. */
  private void describe(
      String component,
      BiConsumer<ComponentShapes, ObjectNode> describe,
      Map<String, ObjectNode> files) {
    Map<String, SafeTensor> tensors = file.read(component);
    if (!tensors.isEmpty()) {
      String path = component + "/config.json";
      ObjectNode json = readPublished(path);
      describe.accept(new ComponentShapes(file, component, tensors), json);
      files.put(path, json);
    }
  }

  private void describeUnet(ComponentShapes unet, ObjectNode json) {
    List<Long> channels = unet.blockChannels("down_blocks", GROUPS);
    String attention = "mid_block.attentions.0";
    json.put("in_channels", unet.inputs("conv_in"))
        .put("out_channels", unet.outputs("conv_out"))
        .put("sample_size", sampleSize())
        .put("layers_per_block", unet.count("down_blocks.0.resnets"))
        .put("cross_attention_dim", unet.inputs(attention + ".transformer_blocks.0.attn2.to_k"))
        .put("use_linear_projection", unet.shape(attention + ".proj_in.weight", 2).length == 2);
    putAll(json, "block_out_channels", channels);
    putAll(json, "down_block_types", listTypes(unet, "down_blocks", "DownBlock2D"));
    putAll(json, "up_block_types", listTypes(unet, "up_blocks", "UpBlock2D"));
    if (second) {
      putAll(json, "attention_head_dim", channels.stream().map(c -> c / HEAD_WIDTH).toList());
    }
    for (int block = 0; block < channels.size(); block++) {
      int factor = second ? HEAD_WIDTH : SD1_HEADS;
      unet.requireMultiple(channels.get(block), factor, "down_blocks." + block);
    }
  }

  /** Returns the size of the latents: those of 512 px, or of 768 px with v-prediction. */
  private int sampleSize() {
    return second && predictionType.equals(V_PREDICTION) ? 96 : 64;
  }

  private static List<String> listTypes(ComponentShapes unet, String blocks, String plain) {
    return unet.list(blocks)
        .map(block -> unet.has(block + ".attentions") ? "CrossAttn" + plain : plain)
        .toList();
  }

  private void describeVae(ComponentShapes vae, ObjectNode json) {
    List<Long> channels = vae.blockChannels("encoder.down_blocks", GROUPS);
    json.put("latent_channels", vae.inputs("decoder.conv_in"))
        .put("sample_size", 8 * sampleSize())
        .put("layers_per_block", vae.count("encoder.down_blocks.0.resnets"));
    putAll(json, "block_out_channels", channels);
    putAll(json, "down_block_types", channels.stream().map(c -> "DownEncoderBlock2D").toList());
    putAll(json, "up_block_types", channels.stream().map(c -> "UpDecoderBlock2D").toList());
  }

  private void describeTextEncoder(ComponentShapes text, ObjectNode json) {
    String start = text.has("text_model") ? "text_model." : "";
    String tokens = start + "embeddings.token_embedding";
    String layers = start + "encoder.layers";
    long width = text.requireMultiple(text.inputs(tokens), HEAD_WIDTH, tokens);
    json.put("vocab_size", text.outputs(tokens))
        .put("hidden_size", width)
        .put("intermediate_size", text.outputs(layers + ".0.mlp.fc1"))
        .put("num_hidden_layers", text.count(layers))
        .put("num_attention_heads", width / HEAD_WIDTH)
        .put("max_position_embeddings", text.outputs(start + "embeddings.position_embedding"));
  }

  private static void putAll(ObjectNode json, String key, List<?> values) {
    json.set(key, JSON.valueToTree(values));
  }
}
