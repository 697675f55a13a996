package io.boxwright.diffusion.loading;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.boxwright.diffusion.loading.LoraKey.Part;
import io.boxwright.text.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The layers of a LoRA file. Follows {@code load_lora_weights} of diffusers, but refuses by name
 * what is not applied: DoRA, LyCORIS, parts of Stable Diffusion XL, and unknown keys.
 */
final class LoraFile {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_NAMES = 5;

  /** The start of the keys of diffusers' transformers; keys of checkpoints have it elsewhere. */
  private static final String TRANSFORMER = "transformer.";

  /** The key of the settings of PEFT in files that diffusers saves. */
  private static final String ADAPTER_METADATA = "lora_adapter_metadata";

  /** Pieces of keys of other forms, and the names of the forms. */
  private static final Map<String, String> OTHER_FORMS =
      Map.ofEntries(
          Map.entry("dora_scale", "DoRA"),
          Map.entry("lora_magnitude_vector", "DoRA"),
          Map.entry("hada_w", "LyCORIS (LoHa)"),
          Map.entry("lokr_w", "LyCORIS (LoKr)"),
          Map.entry("lora_mid", "LyCORIS (LoCon with a Tucker decomposition)"),
          Map.entry("oft_blocks", "LyCORIS (OFT)"),
          Map.entry("on_input", "LyCORIS (IA3)"),
          Map.entry("w_norm", "LyCORIS (norms)"),
          Map.entry("text_encoder_2.", "Stable Diffusion XL"),
          Map.entry("lora_te2_", "Stable Diffusion XL"),
          Map.entry(TRANSFORMER, "a model with a transformer in place of the UNet"));

  private final Lora lora;
  private final Map<String, SafeTensor> tensors;
  private final JsonNode settings;

  private LoraFile(Lora lora, Map<String, SafeTensor> tensors, JsonNode settings) {
    this.lora = lora;
    this.tensors = tensors;
    this.settings = settings;
  }

  /**
   * Reads the header of a file.
   *
   * @throws ModelLoadingException naming the file, and the key that is not supported
   */
  static LoraFile read(Lora lora) {
    String name = lora.file().getFileName().toString();
    if (name.matches(".*\\.(bin|ckpt|pt|pth)")) {
      throw new ModelLoadingException(
          "Cannot read the LoRA %s: it is pickled; convert it to safetensors"
              .formatted(lora.file()));
    }
    LoraFile file = new LoraFile(lora, SafeTensors.read(lora.file()), readSettings(lora));
    file.requireKnownKeys();
    return file;
  }

  private static JsonNode readSettings(Lora lora) {
    String text = SafeTensors.readMetadata(lora.file()).getOrDefault(ADAPTER_METADATA, "{}");
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new ModelLoadingException(
          "Cannot read the LoRA %s: its %s is not JSON".formatted(lora.file(), ADAPTER_METADATA),
          e);
    }
  }

  private void requireKnownKeys() {
    if (tensors.isEmpty()) {
      throw failure("it has no tensors");
    }
    tensors.keySet().forEach(this::refuseOtherForms);
    List<String> unknown =
        tensors.keySet().stream().filter(key -> LoraKey.parse(key).isEmpty()).toList();
    if (!unknown.isEmpty()) {
      throw failure(
          "%s of its %d keys are of no known form, such as %s"
              .formatted(unknown.size(), tensors.size(), list(unknown)));
    }
  }

  private void refuseOtherForms(String key) {
    OTHER_FORMS.forEach(
        (piece, form) -> {
          boolean found = piece.equals(TRANSFORMER) ? key.startsWith(piece) : key.contains(piece);
          if (found) {
            throw failure(
                "key %s belongs to %s, which is not supported"
                    .formatted(Printable.value(key), form));
          }
        });
  }

  /**
   * Returns the layers of a component by the flat paths of their modules.
   *
   * @param component {@code unet} or {@code text_encoder}
   * @throws ModelLoadingException naming the file, if the parts of a layer are not complete
   */
  Map<String, LoraLayer> layers(String component) {
    Map<String, Map<Part, SafeTensor>> parts = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          LoraKey key = LoraKey.parse(name).orElseThrow();
          if (key.component().equals(component)) {
            SafeTensor other =
                parts
                    .computeIfAbsent(key.module(), module -> new EnumMap<>(Part.class))
                    .put(key.part(), tensor);
            if (other != null) {
              throw failure("key %s is there in two forms".formatted(Printable.value(name)));
            }
          }
        });
    Map<String, LoraLayer> layers = new LinkedHashMap<>();
    parts.forEach((module, own) -> layers.put(module, makeLayer(component, module, own)));
    return layers;
  }

  private LoraLayer makeLayer(String component, String module, Map<Part, SafeTensor> parts) {
    SafeTensor down = parts.get(Part.DOWN);
    SafeTensor up = parts.get(Part.UP);
    if (down == null || up == null || down.shape().length == 0 || down.shape()[0] == 0) {
      throw failure(
          "module %s of %s does not have both matrices, down and up"
              .formatted(Printable.value(module), component));
    }
    SafeTensor alpha = parts.get(Part.ALPHA);
    if (alpha != null && Arrays.stream(alpha.shape()).anyMatch(size -> size != 1)) {
      throw failure(
          "the alpha of module %s of %s is not one number"
              .formatted(Printable.value(module), component));
    }
    return new LoraLayer(
        down,
        up,
        Optional.ofNullable(alpha),
        findAlpha(component, module, down.shape()[0]),
        lora.weight());
  }

  /** Finds the alpha in PEFT's settings, if the file has them; without, it is the rank. */
  private double findAlpha(String component, String module, long rank) {
    JsonNode alpha = settings.path(component + ".lora_alpha");
    for (Map.Entry<String, JsonNode> pattern :
        settings.path(component + ".alpha_pattern").properties()) {
      String path = LoraKey.flatten(component, pattern.getKey().replaceFirst("^\\^", ""));
      if (module.equals(path) || module.endsWith("_" + path)) {
        alpha = pattern.getValue();
      }
    }
    if (!alpha.isNumber()) {
      return rank;
    }
    boolean stabilized = settings.path(component + ".use_rslora").asBoolean();
    return stabilized ? alpha.doubleValue() * Math.sqrt(rank) : alpha.doubleValue();
  }

  /** Returns an error that names the file. */
  ModelLoadingException failure(String problem) {
    return new ModelLoadingException("Cannot read the LoRA %s: %s".formatted(lora.file(), problem));
  }

  /** Lists names for a message, not too many. */
  static String list(List<String> names) {
    List<String> shown = new ArrayList<>();
    names.stream().limit(MOST_NAMES).map(Printable::value).forEach(shown::add);
    if (names.size() > MOST_NAMES) {
      shown.add("and %d more".formatted(names.size() - MOST_NAMES));
    }
    return String.join(", ", shown);
  }
}
