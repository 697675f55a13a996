package io.boxwright.spark;

import io.boxwright.guidance.LayoutGuidanceConfig;
import io.boxwright.pipelines.GenerationOptions;
import io.boxwright.pipelines.PretrainedFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.CollectionAccumulator;

/**
 * Turns a table of prompts into a table of images, lazily, as every transformation of Spark:
 *
 * <pre>{@code
 * Dataset<Row> images = new GuidedImageGenerator()
 *     .setModelUrl("/models/stable-diffusion-v1-5")
 *     .setBatchSize(16)
 *     .generate(spark.read().parquet("prompts.parquet"));
 * }</pre>
 *
 * <p>Setters are named as in DJL's Spark extension where it has their like. Each executor loads the
 * pipeline once per device and keeps it for later tasks and jobs.
 *
 * <p>Every input row gives exactly {@code numImagesPerPrompt} output rows, told apart by {@code
 * image_index}. A row that cannot be done has {@code status} {@code error} and says why in {@code
 * error}; it never fails the job.
 */
public final class GuidedImageGenerator {

  private String modelUrl;
  private DeviceType deviceType = DeviceType.AUTO;
  private WeightType weightType = WeightType.AUTO;
  private String variant;
  private GenerationOptions options = GenerationOptions.defaults();
  private LayoutGuidanceConfig guidance = LayoutGuidanceConfig.paper();
  private int batchSize = 8;
  private int numImagesPerPrompt = 1;
  private DetectorType detector = DetectorType.NONE;
  private PipelineLoader pipelineLoader = new PipelineLoader.LayoutGuidance();
  private CollectionAccumulator<String> loads;

  /** The diffusers folder, at the same path on every executor. Required. */
  public GuidedImageGenerator setModelUrl(String value) {
    modelUrl = value;
    return this;
  }

  /** Where pipelines run; default {@link DeviceType#AUTO}. */
  public GuidedImageGenerator setDeviceType(DeviceType value) {
    deviceType = value;
    return this;
  }

  /** The type of the weights; default {@link WeightType#AUTO}. */
  public GuidedImageGenerator setWeightType(WeightType value) {
    weightType = value;
    return this;
  }

  /** Which weight files, such as {@code fp16}; default null, the plain ones. */
  public GuidedImageGenerator setVariant(String value) {
    variant = value;
    return this;
  }

  /** Size, steps and the like; default those of diffusers. */
  public GuidedImageGenerator setOptions(GenerationOptions value) {
    options = value;
    return this;
  }

  /** How rows with boxes are guided; default {@link LayoutGuidanceConfig#paper}. */
  public GuidedImageGenerator setGuidance(LayoutGuidanceConfig value) {
    guidance = value;
    return this;
  }

  /** How many images are made together; default 8. More is faster and takes more memory. */
  public GuidedImageGenerator setBatchSize(int value) {
    batchSize = requirePositive("batch size", value);
    return this;
  }

  /** Images for each row, with seeds counted up from the row's; default 1. */
  public GuidedImageGenerator setNumImagesPerPrompt(int value) {
    numImagesPerPrompt = requirePositive("number of images per prompt", value);
    return this;
  }

  /**
   * What looks for the objects in the images, for the columns {@code detection}; default {@link
   * DetectorType#NONE}.
   */
  public GuidedImageGenerator setDetector(DetectorType value) {
    detector = value;
    return this;
  }

  /** How executors load the pipeline; default the layout-guided one. */
  public GuidedImageGenerator setPipelineLoader(PipelineLoader value) {
    pipelineLoader = value;
    return this;
  }

  /**
   * Checks the columns of a prompt table.
   *
   * @throws IllegalArgumentException such as "Invalid bboxes column: ..."
   */
  public static void checkSchema(StructType prompts) {
    PromptSchema.of(prompts);
  }

  /**
   * Checks on the driver what would fail in every task: the parts of the model folder, the
   * scheduler's name, sizes that the model cannot make. The folder has to be on the driver, too.
   *
   * @return one sentence for each part that the folder has and that is not applied
   * @throws io.boxwright.loading.ModelLoadingException naming what is wrong with the folder
   * @throws IllegalArgumentException naming the option that is wrong
   */
  public List<String> checkModel() {
    return PretrainedFolder.check(Path.of(requireModel()), variant, options);
  }

  /**
   * Checks that this process can use the device: for a local master, where the driver is the
   * executor.
   *
   * @throws IllegalArgumentException naming the device, and what libtorch says about it
   */
  public void checkDevice() {
    DeviceType.requireUsable(deviceType.device(Optional.empty()));
  }

  /** Rows of the image table for each row of the prompt table. */
  public int numImagesPerPrompt() {
    return numImagesPerPrompt;
  }

  /** How many images are made together. */
  public int batchSize() {
    return batchSize;
  }

  /**
   * The images of a table of prompts.
   *
   * @throws IllegalArgumentException if the table's columns are wrong or no model is set
   */
  public Dataset<Row> generate(Dataset<Row> prompts) {
    PromptSchema columns = PromptSchema.of(prompts.schema());
    StructType images = ImageTableSchema.of(prompts.schema(), options.attentionMaps(), detector);
    loads = prompts.sparkSession().sparkContext().collectionAccumulator("Loaded pipelines");
    GenerateRows task =
        new GenerateRows(
            new PipelineSpec(requireModel(), deviceType, weightType, variant, pipelineLoader),
            options,
            guidance,
            batchSize,
            numImagesPerPrompt,
            detector,
            new ImageRowWriter(columns, images),
            loads);
    return prompts.mapPartitions(task, Encoders.row(images));
  }

  /**
   * Where the last {@link #generate} made executors load the pipeline, such as {@code executor 0 on
   * gpu0}; those that had it already are not in it.
   */
  public List<String> loads() {
    return loads == null ? List.of() : List.copyOf(loads.value());
  }

  private String requireModel() {
    if (modelUrl == null) {
      throw new IllegalArgumentException("No model: call setModelUrl first");
    }
    return modelUrl;
  }

  private static int requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "Invalid %s: %d, it must be at least 1".formatted(name, value));
    }
    return value;
  }
}
