package io.boxwright.djl;

import ai.djl.BaseModel;
import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.loading.Lora;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.TextualInversion;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.IPAdapterFiles;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.LayoutGuidanceStableDiffusionPipeline;
import io.boxwright.diffusion.pipelines.PretrainedFolder;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.diffusion.pipelines.PretrainedOptions.SafetyCheck;
import io.boxwright.text.Count;
import io.boxwright.text.Printable;
import io.boxwright.torch.LibTorch;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A diffusers folder as a model of DJL. It holds the pipeline until it is closed. */
final class LayoutGuidanceModel extends BaseModel {

  private static final Logger LOG = LoggerFactory.getLogger(LayoutGuidanceModel.class);

  private static final String VARIANT = "variant";
  private static final String DTYPE = "dtype";
  private static final String LORA = "lora";
  private static final String TEXTUAL_INVERSION = "textual_inversion";
  private static final String SAFETY_CHECK = "safety_check";
  private static final String IP_ADAPTER = "ip_adapter";
  private static final String IMAGE_ENCODER = "image_encoder";
  private static final Set<String> OPTIONS =
      Set.of(
          VARIANT,
          DTYPE,
          LORA,
          TEXTUAL_INVERSION,
          SAFETY_CHECK,
          IP_ADAPTER,
          IMAGE_ENCODER,
          "modelName");

  private ImagePipeline pipeline;
  private ImageSettings settings;

  LayoutGuidanceModel(String name, NDManager manager) {
    super(name);
    this.manager = manager;
  }

  /**
   * Returns a model as one of this engine.
   *
   * @throws IllegalArgumentException if it is a model of another engine
   */
  static LayoutGuidanceModel of(Model model) {
    if (model instanceof LayoutGuidanceModel own) {
      return own;
    }
    throw new IllegalArgumentException(
        "The model must be one of the engine %s: set optEngine(\"%s\"), or engine=%s in serving.properties"
            .formatted(BoxwrightEngine.NAME, BoxwrightEngine.NAME, BoxwrightEngine.NAME));
  }

  /**
   * Loads a diffusers folder. The model's properties are the settings of its images, see {@link
   * ImageSettings#of}.
   *
   * @param options {@code variant}, the variant of the weight files, such as {@code fp16}, and
   *     {@code dtype}: {@code float32}, {@code float16}, or by default {@code float16} on a GPU;
   *     {@code lora}: LoRAs, {@code FILE} or {@code FILE:WEIGHT}, separated by commas; {@code
   *     textual_inversion}: {@code FILE.safetensors} or {@code FILE.safetensors:TOKEN}, separated
   *     by commas; {@code safety_check}: {@code model}, the folder's own safety checker, or {@code
   *     none}; {@code ip_adapter}: the file of an IP-Adapter, whose requests need a picture, and
   *     {@code image_encoder}, the folder of its image encoder
   * @throws MalformedModelException naming the part of the folder that is missing or wrong
   * @throws IllegalArgumentException naming the option or argument that is wrong, or the GPU that
   *     is not there
   * @throws IllegalStateException if the model is already loaded
   */
  @Override
  public void load(Path folder, String prefix, Map<String, ?> options)
      throws MalformedModelException {
    if (wasLoaded) {
      throw new IllegalStateException("The model " + getName() + " is already loaded");
    }
    setModelDir(folder);
    Map<String, String> given = requireKnown(options == null ? Map.of() : options);
    String variant = given.get(VARIANT);
    Device device = requireThere(manager.getDevice());
    dataType = chooseDataType(given.get(DTYPE), device);
    try {
      settings = ImageSettings.of(properties, modelDir);
      PretrainedOptions loading =
          new PretrainedOptions(device, dataType, variant)
              .withLoras(split(given.get(LORA)).map(Lora::parse).toList())
              .withTextualInversions(
                  split(given.get(TEXTUAL_INVERSION)).map(TextualInversion::parse).toList())
              .withSafetyCheck(chooseSafetyCheck(given.get(SAFETY_CHECK)));
      loading = addIPAdapter(loading, given);
      PretrainedFolder.check(modelDir, settings.options(), loading).forEach(LOG::warn);
      PretrainedFolder.checkGuidance(modelDir, settings.guidance());
      pipeline = LayoutGuidanceStableDiffusionPipeline.fromPretrained(modelDir, loading);
    } catch (ModelLoadingException e) {
      throw new MalformedModelException(e.getMessage(), e);
    }
    block = new PipelineBlock(pipeline, settings);
    wasLoaded = true;
    LOG.info(
        "Loaded {} on {}: {}, guidance {}",
        modelDir,
        device,
        settings.options(),
        settings.guidance());
  }

  /** Returns the options as text. */
  private static Map<String, String> requireKnown(Map<String, ?> options) {
    Map<String, String> known = new HashMap<>();
    options.forEach((name, value) -> known.put(name, requireKnown(name, value)));
    return known;
  }

  private static String requireKnown(String name, Object value) {
    if (!OPTIONS.contains(name)) {
      throw new IllegalArgumentException(
          "Unknown option %s: a model has the options %s, %s, %s, %s, %s, %s and %s; options of its images are arguments"
              .formatted(
                  Printable.name(name),
                  VARIANT,
                  DTYPE,
                  LORA,
                  TEXTUAL_INVERSION,
                  SAFETY_CHECK,
                  IP_ADAPTER,
                  IMAGE_ENCODER));
    }
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(
        "Invalid option: %s is %s, it must be text".formatted(name, Printable.value(value)));
  }

  private static Device requireThere(Device device) {
    int gpus = LibTorch.engine().getGpuCount();
    if (device.isGpu() && device.getDeviceId() >= gpus) {
      throw new IllegalArgumentException(
          "There is no %s: PyTorch finds %s".formatted(device, Count.of(gpus, "GPU")));
    }
    return device;
  }

  private static Stream<String> split(String list) {
    return list == null ? Stream.empty() : Arrays.stream(list.split(",", -1)).map(String::strip);
  }

  private static PretrainedOptions addIPAdapter(
      PretrainedOptions loading, Map<String, String> given) {
    String file = given.get(IP_ADAPTER);
    String encoder = given.get(IMAGE_ENCODER);
    if (file == null && encoder != null) {
      throw new IllegalArgumentException(
          "Invalid option: %s only serves an %s".formatted(IMAGE_ENCODER, IP_ADAPTER));
    }
    return file == null
        ? loading
        : loading.withIPAdapter(
            new IPAdapterFiles(Path.of(file), Optional.ofNullable(encoder).map(Path::of)));
  }

  private static SafetyCheck chooseSafetyCheck(String name) {
    if (name == null) {
      return SafetyCheck.MODEL;
    }
    return switch (name) {
      case "model" -> SafetyCheck.MODEL;
      case "none" -> SafetyCheck.NONE;
      default ->
          throw new IllegalArgumentException(
              "Invalid option: safety_check is %s, it must be model or none"
                  .formatted(Printable.name(name)));
    };
  }

  private static DataType chooseDataType(String name, Device device) {
    if (name == null) {
      return device.isGpu() ? DataType.FLOAT16 : DataType.FLOAT32;
    }
    return switch (name) {
      case "float32" -> DataType.FLOAT32;
      case "float16" -> DataType.FLOAT16;
      default ->
          throw new IllegalArgumentException(
              "Invalid option: dtype is %s, it must be float32 or float16"
                  .formatted(Printable.name(name)));
    };
  }

  /**
   * Returns the tokenizer of the prompts.
   *
   * @throws IllegalStateException if the model is not loaded, or closed
   */
  CLIPTokenizer tokenizer() {
    return requireOpen().tokenizer();
  }

  private ImagePipeline requireOpen() {
    if (pipeline == null) {
      throw new IllegalStateException(
          "The model %s is %s".formatted(getName(), wasLoaded ? "closed" : "not loaded"));
    }
    return pipeline;
  }

  /**
   * Checks a request against the model.
   *
   * @return the request with its tokens
   * @throws IllegalArgumentException naming what is wrong
   * @throws IllegalStateException if the model is not loaded, or closed
   */
  GenerationRequest check(GenerationRequest request) {
    if (request == null) {
      throw new IllegalArgumentException("The request is null");
    }
    return requireOpen().checkRequest(request, settings.guidance());
  }

  /** Frees the pipeline. */
  @Override
  public void close() {
    if (pipeline != null) {
      pipeline.close();
      pipeline = null;
    }
    super.close();
  }
}
