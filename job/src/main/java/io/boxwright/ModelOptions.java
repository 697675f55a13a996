package io.boxwright;

import io.boxwright.spark.DeviceType;
import io.boxwright.spark.GuidedImageGenerator;
import io.boxwright.spark.PipelineLoader;
import io.boxwright.spark.WeightType;
import picocli.CommandLine.Option;

/** Options that say which model runs where. */
final class ModelOptions {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FOLDER",
      description = "Stable Diffusion in diffusers format: the folder with model_index.json.")
  private String model;

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description = "Which weight files to load, such as fp16. Default: the plain ones.")
  private String variant;

  @Option(
      names = "--device",
      defaultValue = "auto",
      paramLabel = "auto|cpu|gpu",
      description =
          "Where the model runs. auto: the GPU that Spark assigned, else any GPU, else the CPU."
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

  /** Hands the options to a generator. */
  void configure(GuidedImageGenerator generator) throws ReflectiveOperationException {
    generator
        .setModelUrl(model)
        .setVariant(variant)
        .setDeviceType(device)
        .setWeightType(dtype)
        .setPipelineLoader(pipelineLoader.getConstructor().newInstance());
  }
}
