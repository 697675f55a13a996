package io.boxwright.diffusion.loading;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names that tensors have in the original checkpoints of Stable Diffusion 1.x and 2.x, and the
 * names of diffusers' modules for them. Every result is a view of the file: no number is copied.
 *
 * <p>The sizes of the architecture are read from the names themselves: where a down block ends, how
 * many up blocks there are, which encoder layer is the last.
 */
final class OriginalNames {

  private static final String UNET = "model.diffusion_model.";
  private static final String VAE = "first_stage_model.";
  private static final String MERGED_VAE = "vae.";
  private static final String CLIP = "cond_stage_model.transformer.";
  private static final String OPEN_CLIP = "cond_stage_model.model.";

  private static final Pattern NUMBERED =
      Pattern.compile("(\\w+)\\.(\\d{1,3})\\.(\\d{1,3})\\.(.+)");
  private static final Pattern VAE_LEVEL =
      Pattern.compile("(encoder\\.down|decoder\\.up)\\.(\\d{1,3})\\.(.+)");
  private static final Pattern VAE_ATTENTION =
      Pattern.compile("(.+\\.mid\\.)attn_1\\.(\\w+)\\.(weight|bias)");
  private static final Pattern RESBLOCK =
      Pattern.compile("transformer\\.resblocks\\.(\\d{1,3})\\.(.+)");
  private static final Pattern MIDDLE = Pattern.compile("middle_block\\.([012])\\.(.+)");
  private static final Pattern IN_PROJECTION = Pattern.compile("attn\\.in_proj_(weight|bias)");

  /** The blocks of OpenCLIP's text encoder that Stable Diffusion 2 reads: all 24 but the last. */
  private static final int OPEN_CLIP_BLOCKS = 23;

  private static final Map<String, String> UNET_ENDS =
      Map.of(
          "time_embed.0.", "time_embedding.linear_1.",
          "time_embed.2.", "time_embedding.linear_2.",
          "out.0.", "conv_norm_out.",
          "out.2.", "conv_out.");

  private static final Map<String, String> RESNET =
      Map.of(
          "in_layers.0.", "norm1.",
          "in_layers.2.", "conv1.",
          "emb_layers.1.", "time_emb_proj.",
          "out_layers.0.", "norm2.",
          "out_layers.3.", "conv2.",
          "skip_connection.", "conv_shortcut.");

  private static final Map<String, String> VAE_ATTENTION_PARTS =
      Map.of("norm", "group_norm", "q", "to_q", "k", "to_k", "v", "to_v", "proj_out", "to_out.0");

  private static final Map<String, String> OPEN_CLIP_ENDS =
      Map.of(
          "positional_embedding", "text_model.embeddings.position_embedding.weight",
          "token_embedding.", "text_model.embeddings.token_embedding.",
          "ln_final.", "text_model.final_layer_norm.");

  private static final Map<String, String> OPEN_CLIP_LAYER =
      Map.of(
          "ln_1.", "layer_norm1.",
          "ln_2.", "layer_norm2.",
          "attn.out_proj.", "self_attn.out_proj.",
          "mlp.c_fc.", "mlp.fc1.",
          "mlp.c_proj.", "mlp.fc2.");

  private OriginalNames() {}

  /**
   * Returns the tensors of one component under diffusers' names. A name of the component that no
   * rule knows is kept as it is, so that it is left over.
   *
   * @param component {@code unet}, {@code vae} or {@code text_encoder}
   * @param file all tensors of the checkpoint; EMA weights and other components are skipped
   * @return the component's tensors; empty if the checkpoint has none
   */
  static Map<String, SafeTensor> translate(String component, Map<String, SafeTensor> file) {
    return switch (component) {
      case "unet" -> translateUnet(below(UNET, file));
      case "vae" -> translateVae(below(has(VAE, file) ? VAE : MERGED_VAE, file));
      case "text_encoder" ->
          has(OPEN_CLIP, file) ? translateOpenClip(below(OPEN_CLIP, file)) : below(CLIP, file);
      default -> Map.of();
    };
  }

  private static boolean has(String prefix, Map<String, SafeTensor> file) {
    return file.keySet().stream().anyMatch(name -> name.startsWith(prefix));
  }

  private static Map<String, SafeTensor> below(String prefix, Map<String, SafeTensor> file) {
    Map<String, SafeTensor> tensors = new LinkedHashMap<>();
    file.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix)) {
            tensors.put(name.substring(prefix.length()), tensor);
          }
        });
    return tensors;
  }

  /** Adds a tensor; one whose new name is there already keeps its own and is left over. */
  private static void put(
      Map<String, SafeTensor> tensors, String name, String newName, SafeTensor tensor) {
    tensors.put(tensors.containsKey(newName) ? name : newName, tensor);
  }

  private static Map<String, SafeTensor> translateUnet(Map<String, SafeTensor> original) {
    Map<Integer, String> inputs = placeInputs(original.keySet());
    int layers = countLayers(inputs.values());
    Map<String, SafeTensor> tensors = new LinkedHashMap<>();
    original.forEach(
        (name, tensor) -> put(tensors, name, renameUnet(name, inputs, layers), tensor));
    return tensors;
  }

  /**
   * Places the input blocks: {@code 1.0} is layer 0 of down block 1. A downsampler ends a block.
   */
  private static Map<Integer, String> placeInputs(Collection<String> names) {
    TreeSet<Integer> numbers = new TreeSet<>();
    names.stream()
        .map(NUMBERED::matcher)
        .filter(match -> match.matches() && match.group(1).equals("input_blocks"))
        .forEach(match -> numbers.add(Integer.valueOf(match.group(2))));
    Map<Integer, String> places = new LinkedHashMap<>();
    int block = 0;
    int layer = 0;
    for (int number : numbers.tailSet(1)) {
      places.put(number, block + "." + layer++);
      if (names.contains("input_blocks.%d.0.op.weight".formatted(number))) {
        block++;
        layer = 0;
      }
    }
    return places;
  }

  /** Counts the layers of a down block. The last block has no downsampler, so it shows them. */
  private static int countLayers(Collection<String> places) {
    String last = places.stream().reduce("0.0", (first, second) -> second);
    return Integer.parseInt(last.substring(last.indexOf('.') + 1)) + 1;
  }

  private static String renameUnet(String name, Map<Integer, String> inputs, int layers) {
    if (name.startsWith("input_blocks.0.0.")) {
      return name.replace("input_blocks.0.0.", "conv_in.");
    }
    if (name.startsWith("middle_block.")) {
      return renameMiddle(name);
    }
    Matcher numbered = NUMBERED.matcher(name);
    if (!numbered.matches() || name.startsWith("out.") || name.startsWith("time_embed.")) {
      return replaceStart(name, UNET_ENDS);
    }
    int number = Integer.parseInt(numbered.group(2));
    String rest = numbered.group(4);
    return switch (numbered.group(1)) {
      case "input_blocks" ->
          inputs.containsKey(number)
              ? renameInput(inputs.get(number), numbered.group(3), rest)
              : name;
      case "output_blocks" -> {
        int perBlock = layers + 1;
        yield renameOutput(number / perBlock, number % perBlock, numbered.group(3), rest);
      }
      default -> name;
    };
  }

  private static String renameMiddle(String name) {
    Matcher middle = MIDDLE.matcher(name);
    if (!middle.matches()) {
      return name;
    }
    String rest = middle.group(2);
    return switch (middle.group(1)) {
      case "0" -> "mid_block.resnets.0." + replaceStart(rest, RESNET);
      case "1" -> "mid_block.attentions.0." + rest;
      default -> "mid_block.resnets.1." + replaceStart(rest, RESNET);
    };
  }

  private static String renameInput(String place, String part, String rest) {
    int dot = place.indexOf('.');
    String block = "down_blocks.%s.".formatted(place.substring(0, dot));
    String layer = place.substring(dot + 1) + ".";
    if (rest.startsWith("op.")) {
      return block + "downsamplers.0.conv." + rest.substring("op.".length());
    }
    return part.equals("0")
        ? block + "resnets." + layer + replaceStart(rest, RESNET)
        : block + "attentions." + layer + rest;
  }

  private static String renameOutput(int block, int layer, String part, String rest) {
    String start = "up_blocks.%d.".formatted(block);
    if (rest.startsWith("conv.")) {
      return start + "upsamplers.0." + rest;
    }
    return part.equals("0")
        ? start + "resnets." + layer + "." + replaceStart(rest, RESNET)
        : start + "attentions." + layer + "." + rest;
  }

  private static Map<String, SafeTensor> translateVae(Map<String, SafeTensor> original) {
    int levels = countLevels(original.keySet());
    Map<String, SafeTensor> tensors = new LinkedHashMap<>();
    original.forEach(
        (name, tensor) -> {
          Matcher attention = VAE_ATTENTION.matcher(name);
          if (attention.matches() && VAE_ATTENTION_PARTS.containsKey(attention.group(2))) {
            String part = VAE_ATTENTION_PARTS.get(attention.group(2));
            String start = attention.group(1).replace("mid.", "mid_block.attentions.0.");
            String newName = start + part + "." + attention.group(3);
            put(tensors, name, newName, tensor.convolutionAsMatrix());
          } else {
            put(tensors, name, renameVae(name, levels), tensor);
          }
        });
    return tensors;
  }

  private static int countLevels(Collection<String> names) {
    return (int)
        names.stream()
            .map(VAE_LEVEL::matcher)
            .filter(match -> match.matches() && match.group(1).equals("decoder.up"))
            .map(match -> match.group(2))
            .distinct()
            .count();
  }

  private static String renameVae(String name, int levels) {
    Matcher level = VAE_LEVEL.matcher(name);
    String renamed = name;
    if (level.matches()) {
      int number = Integer.parseInt(level.group(2));
      boolean down = level.group(1).equals("encoder.down");
      renamed =
          (down ? "encoder.down_blocks." + number : "decoder.up_blocks." + (levels - 1 - number))
              + "."
              + level
                  .group(3)
                  .replaceFirst("^block\\.", "resnets.")
                  .replaceFirst("^downsample\\.", "downsamplers.0.")
                  .replaceFirst("^upsample\\.", "upsamplers.0.");
    }
    return renamed
        .replace(".mid.block_1.", ".mid_block.resnets.0.")
        .replace(".mid.block_2.", ".mid_block.resnets.1.")
        .replace(".nin_shortcut.", ".conv_shortcut.")
        .replace("coder.norm_out.", "coder.conv_norm_out.");
  }

  private static Map<String, SafeTensor> translateOpenClip(Map<String, SafeTensor> original) {
    Map<String, SafeTensor> tensors = new LinkedHashMap<>();
    original.forEach(
        (name, tensor) -> {
          Matcher block = RESBLOCK.matcher(name);
          if (!block.matches()) {
            tensors.put(replaceStart(name, OPEN_CLIP_ENDS), tensor);
          } else if (Integer.parseInt(block.group(1)) < OPEN_CLIP_BLOCKS) {
            String layer = "text_model.encoder.layers.%s.".formatted(block.group(1));
            putLayer(tensors, layer, block.group(2), tensor);
          }
        });
    tensors.remove("text_projection"); // only image search needs these two
    tensors.remove("logit_scale");
    return tensors;
  }

  private static void putLayer(
      Map<String, SafeTensor> tensors, String layer, String rest, SafeTensor tensor) {
    Matcher joined = IN_PROJECTION.matcher(rest);
    long[] shape = tensor.shape();
    if (!joined.matches() || shape.length == 0 || shape[0] % 3 != 0) {
      tensors.put(layer + replaceStart(rest, OPEN_CLIP_LAYER), tensor);
      return;
    }
    long width = shape[0] / 3; // query, key and value lie one after the other
    String end = "." + joined.group(1);
    tensors.put(layer + "self_attn.q_proj" + end, tensor.rows(0, width));
    tensors.put(layer + "self_attn.k_proj" + end, tensor.rows(width, width));
    tensors.put(layer + "self_attn.v_proj" + end, tensor.rows(2 * width, width));
  }

  private static String replaceStart(String name, Map<String, String> starts) {
    return starts.entrySet().stream()
        .filter(start -> name.startsWith(start.getKey()))
        .findFirst()
        .map(start -> start.getValue() + name.substring(start.getKey().length()))
        .orElse(name);
  }
}
