package io.boxwright.cli;

import ai.djl.Device;
import io.boxwright.cli.OptionGroup.Part;
import io.boxwright.diffusion.loading.Lora;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.diffusion.pipelines.PretrainedOptions.SafetyCheck;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.executor.LoraSource;
import io.boxwright.udf.executor.PipelineLoader;
import io.boxwright.udf.executor.WeightType;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SerializableConfiguration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of how a model is loaded and where it runs. */
@OptionGroup(Part.MODEL)
final class ModelOptions {

  /** The help text of the option {@code --model}. */
  static final String MODEL =
      "Stable Diffusion in diffusers format: a folder with model_index.json, the same on every"
          + " host; a checkpoint NAME.safetensors with original names, see --tokenizer; a Hadoop URI,"
          + " such as hdfs:///models/sd, copied once to each host; a name that --archives gave; or shapes, the small model that is built in.";

  @Mixin private TokenizerOption tokenizer;

  @Mixin private ModelCacheOption modelCache;

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description = "Weight files to load, such as fp16. Default: the plain ones.")
  private String variant;

  @Option(
      names = "--lora",
      paramLabel = "FILE[:WEIGHT]",
      split = ",",
      converter = NameConverter.class,
      description =
          "A LoRA in safetensors, of diffusers, PEFT or kohya, that is added to the model's weights;"
              + " WEIGHT 1 by default. A file that is the same on every host, a Hadoop URI, or a name"
              + " that --files gave. May be given several times.")
  private List<String> loras = List.of();

  @Option(
      names = "--no-safety-checker",
      description =
          "Do not check images for unsafe content. Default: the model's own safety checker, if its"
              + " folder has one, makes such images black.")
  private boolean noSafetyChecker;

  @Mixin private TextualInversionOption textualInversions;

  @Option(
      names = "--device",
      defaultValue = "auto",
      paramLabel = "auto|cpu|gpu",
      description =
          "Where the model runs. auto: the first of the GPU that Spark assigned, any GPU, and the CPU."
              + " Default: ${DEFAULT-VALUE}.")
  private DeviceType device;

  @Option(
      names = "--dtype",
      defaultValue = "auto",
      paramLabel = "auto|float32|float16",
      description =
          "Type of the weights. auto: float16 on a GPU, float32 on the CPU. Default:"
              + " ${DEFAULT-VALUE}.")
  private WeightType dtype;

  @Option(
      names = "--pipeline-loader",
      hidden = true,
      description = "Class that loads the pipeline in an executor.")
  private Class<? extends PipelineLoader> pipelineLoader = PipelineLoader.LayoutGuidance.class;

  /** Returns the tokenizer's folder of a single file; null for the one beside it. */
  String tokenizer() {
    return tokenizer.folder();
  }

  /** Returns the folder for copies of models that come from elsewhere. */
  Path modelCache() {
    return modelCache.folder();
  }

  /** Returns the options that load a model on this host, outside any task. */
  PretrainedOptions pretrainedOptions() {
    Device here = device.device(Optional.empty());
    return new PretrainedOptions(here, dtype.on(here), variant)
        .withLoras(loras.stream().map(this::findLora).toList())
        .withTextualInversions(textualInversions.find(modelCache(), new Configuration()))
        .withSafetyCheck(safetyCheck());
  }

  private SafetyCheck safetyCheck() {
    return noSafetyChecker ? SafetyCheck.NONE : SafetyCheck.MODEL;
  }

  private Lora findLora(String lora) {
    return LoraSource.parse(lora, modelCache(), new SerializableConfiguration(new Configuration()))
        .localize();
  }

  /** Hands a model and the options to a generator. */
  void configure(GuidedImageGenerator generator, String model) throws ReflectiveOperationException {
    generator
        .setModelUrl(model)
        .setTokenizer(tokenizer.folder())
        .setModelCache(modelCache())
        .setVariant(variant)
        .setLoras(loras)
        .setTextualInversions(textualInversions.values())
        .setSafetyCheck(safetyCheck())
        .setDeviceType(device)
        .setWeightType(dtype)
        .setPipelineLoader(pipelineLoader.getConstructor().newInstance());
  }
}
