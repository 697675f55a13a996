package io.boxwright.diffusion.loading;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a tensor in a LoRA file, in any of these forms:
 *
 * <ul>
 *   <li>PEFT's, as diffusers saves it: {@code unet.PATH.lora_A.weight};
 *   <li>those of older diffusers: {@code unet.PATH.processor.to_q_lora.down.weight}, {@code
 *       text_encoder.PATH.lora_linear_layer.down.weight}, {@code unet.PATH.lora.down.weight};
 *   <li>kohya's: {@code lora_unet_PATH_WITH_UNDERSCORES.lora_down.weight}.
 * </ul>
 *
 * @param component {@code unet} or {@code text_encoder}
 * @param module the path of the module, with underscores for dots
 * @param part the part of the module's layer
 */
record LoraKey(String component, String module, Part part) {

  /** The parts of a layer. */
  enum Part {
    /** The matrix that comes first: rank rows. */
    DOWN,
    /** The matrix that comes second: rank columns. */
    UP,
    /** The number that the changes are multiplied with, after the division by the rank. */
    ALPHA
  }

  private static final Map<String, String> COMPONENTS =
      Map.of(
          "lora_unet_", "unet",
          "lora_te_", "text_encoder",
          "lora_te1_", "text_encoder",
          "unet.", "unet",
          "text_encoder.", "text_encoder");

  private static final Pattern PEFT = Pattern.compile("(.+)\\.lora_([AB])(?:\\.default)?\\.weight");
  private static final Pattern DIFFUSERS =
      Pattern.compile("(.+)\\.(?:lora_linear_layer|lora)\\.(down|up)\\.weight");
  private static final Pattern PROCESSOR =
      Pattern.compile("(.+?)(?:\\.processor)?\\.(to_q|to_k|to_v|to_out)_lora\\.(down|up)\\.weight");
  private static final Pattern KOHYA = Pattern.compile("([^.]+)\\.lora_(down|up)\\.weight");
  private static final Pattern ALPHA = Pattern.compile("(.+)\\.alpha");

  /** The text encoder's names of the parts of an attention. */
  private static final Map<String, String> TEXT_ENCODER_PARTS =
      Map.of("to_q", "q_proj", "to_k", "k_proj", "to_v", "v_proj", "to_out", "out_proj");

  /** Reads a name; nothing if it has none of these forms. */
  static Optional<LoraKey> parse(String name) {
    return COMPONENTS.entrySet().stream()
        .filter(component -> name.startsWith(component.getKey()))
        .findFirst()
        .flatMap(
            component -> parse(component.getValue(), name.substring(component.getKey().length())));
  }

  private static Optional<LoraKey> parse(String component, String rest) {
    Matcher processor = PROCESSOR.matcher(rest);
    if (processor.matches()) {
      String module = processor.group(1) + "." + namePart(component, processor.group(2));
      return Optional.of(of(component, module, processor.group(3)));
    }
    for (Pattern form : new Pattern[] {PEFT, DIFFUSERS, KOHYA}) {
      Matcher matcher = form.matcher(rest);
      if (matcher.matches()) {
        return Optional.of(of(component, matcher.group(1), matcher.group(2)));
      }
    }
    Matcher alpha = ALPHA.matcher(rest);
    return alpha.matches() ? Optional.of(of(component, alpha.group(1), "alpha")) : Optional.empty();
  }

  private static String namePart(String component, String part) {
    if (component.equals("text_encoder")) {
      return TEXT_ENCODER_PARTS.get(part);
    }
    return part.equals("to_out") ? "to_out.0" : part;
  }

  private static LoraKey of(String component, String module, String part) {
    Part kind =
        switch (part) {
          case "A", "down" -> Part.DOWN;
          case "B", "up" -> Part.UP;
          default -> Part.valueOf(part.toUpperCase(Locale.ROOT));
        };
    return new LoraKey(component, flatten(component, module), kind);
  }

  /**
   * Returns the path of a module with underscores for dots, as kohya's files have it; that of the
   * text encoder without {@code text_model}, which only some versions of transformers have.
   */
  static String flatten(String component, String module) {
    String flat = module.replace('.', '_');
    return component.equals("text_encoder") ? flat.replaceFirst("^text_model_", "") : flat;
  }
}
