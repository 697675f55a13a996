package io.boxwright.diffusion.loading;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * An original checkpoint of Stable Diffusion 1.x or 2.x: one safetensors file with all components.
 * Only its header is read here.
 */
public final class SingleFile {

  /** The components that a checkpoint may hold, by the names of their folders in diffusers. */
  public static final List<String> COMPONENTS = List.of("unet", "vae", "text_encoder");

  /** The name of the UNet's first convolution, (channels, latent channels, 3, 3). */
  private static final String CONV_IN = "model.diffusion_model.input_blocks.0.0.weight";

  /** The families whose UNets have more input channels than the four of latents. */
  private static final Map<Long, String> FAMILIES_BY_CHANNELS =
      Map.of(
          5L, "a depth-to-image model",
          7L, "an upscaler",
          8L, "an InstructPix2Pix model",
          9L, "an inpainting model");

  private final Path file;
  private final String name;
  private final Map<String, SafeTensor> tensors;
  private final Map<String, Map<String, SafeTensor>> components = new HashMap<>();

  private SingleFile(Path file, String name, Map<String, SafeTensor> tensors) {
    this.file = file;
    this.name = name;
    this.tensors = tensors;
    for (String component : COMPONENTS) {
      components.put(component, OriginalNames.translate(component, tensors));
    }
  }

  /**
   * Reads the header of a file.
   *
   * @param name the name for messages, where the file came from
   * @throws ModelLoadingException if the file is missing, damaged, or of another family
   */
  public static SingleFile open(Path file, String name) {
    SingleFile opened = new SingleFile(file, name, SafeTensors.read(file));
    opened.requireStableDiffusion();
    return opened;
  }

  /**
   * Reads the tensors of one component, under the names of diffusers.
   *
   * @param component one of {@link #COMPONENTS}
   * @throws ModelLoadingException if the file is damaged, of another family, or has no such
   *     component
   */
  static Map<String, SafeTensor> read(String component, Path file) {
    SingleFile opened = open(file, file.toString());
    if (!opened.holds(component)) {
      throw opened.failure("it holds no weights of the " + component);
    }
    return opened.read(component);
  }

  /** Returns the tensors of one component, under the names of diffusers; empty without it. */
  Map<String, SafeTensor> read(String component) {
    return components.get(component);
  }

  /**
   * Returns whether the file has weights of a component.
   *
   * @param component one of {@link #COMPONENTS}
   */
  public boolean holds(String component) {
    return !read(component).isEmpty();
  }

  /**
   * Makes the configurations of a diffusers folder for the components that the file holds. They are
   * those of Stable Diffusion 1.5 or 2.1, with the sizes that the shapes of the tensors tell.
   *
   * @param predictionType what the UNet predicts, such as {@code v_prediction}; null to find it as
   *     diffusers' {@code _legacy_load_scheduler}: {@code epsilon} for 1.x; for 2.x {@code
   *     v_prediction}, or {@code epsilon} if the file has the training steps of the base model
   * @return the JSON text of each file, by its path in the folder, such as {@code unet/config.json}
   * @throws ModelLoadingException naming the size that no known architecture has
   */
  public Map<String, String> makeConfigurations(String predictionType) {
    return new SingleFileConfigurations(this, predictionType).make();
  }

  /** Returns the shape of a tensor by its original name; empty if there is no such tensor. */
  long[] shape(String tensor) {
    return tensors.containsKey(tensor) ? tensors.get(tensor).shape() : new long[0];
  }

  /**
   * Reads a tensor of one whole number.
   *
   * @param original the original name, such as {@code global_step}
   * @return the number; nothing if there is no such tensor
   */
  OptionalLong readWholeNumber(String original) {
    SafeTensor tensor = tensors.get(original);
    if (tensor == null || tensor.type() != SafeTensorType.I64 || tensor.byteCount() != Long.BYTES) {
      return OptionalLong.empty();
    }
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.read(bytes, tensor.position());
      return OptionalLong.of(bytes.getLong(0));
    } catch (IOException e) {
      throw new ModelLoadingException("Cannot read " + file + ": " + e, e);
    }
  }

  private void requireStableDiffusion() {
    describeOtherFamilies()
        .forEach(
            (sign, family) -> {
              if (tensors.keySet().stream().anyMatch(sign)) {
                throw otherFamily(family);
              }
            });
    if (tensors.keySet().stream().anyMatch(SingleFile::isLora)) {
      throw failure("it is a LoRA: give it to --lora");
    }
    if (!tensors.containsKey(CONV_IN)) {
      throw failure("it is no checkpoint of Stable Diffusion, there is no " + CONV_IN);
    }
    long[] shape = shape(CONV_IN);
    long channels = shape.length == 4 ? shape[1] : 0;
    if (FAMILIES_BY_CHANNELS.containsKey(channels)) {
      throw otherFamily(
          "%s, whose UNet has %d input channels"
              .formatted(FAMILIES_BY_CHANNELS.get(channels), channels));
    }
  }

  /** Returns the families by a sign of them in the name of a tensor. */
  private static Map<Predicate<String>, String> describeOtherFamilies() {
    Map<Predicate<String>, String> families = new LinkedHashMap<>();
    families.put(name -> name.startsWith("conditioner."), "of Stable Diffusion XL");
    families.put(name -> name.contains("joint_blocks."), "of Stable Diffusion 3");
    families.put(name -> name.contains("double_blocks."), "of Flux");
    families.put(
        name -> name.startsWith("control_model.") || name.startsWith("controlnet_"),
        "a ControlNet");
    families.put(name -> name.contains("motion_modules."), "a motion adapter of AnimateDiff");
    families.put(name -> name.startsWith("ip_adapter."), "an IP-Adapter");
    families.put(
        name -> name.startsWith("down_blocks.") || name.startsWith("text_model."),
        "a part of a diffusers folder");
    return families;
  }

  private static boolean isLora(String name) {
    return name.contains("lora_down.") || name.contains("lora_A.") || name.contains("lora.down.");
  }

  private ModelLoadingException otherFamily(String family) {
    return failure("it is %s; use a checkpoint of Stable Diffusion 1.x or 2.x".formatted(family));
  }

  /** Returns an error that names the file. */
  ModelLoadingException failure(String problem) {
    return new ModelLoadingException("Cannot load a model from %s: %s".formatted(name, problem));
  }
}
