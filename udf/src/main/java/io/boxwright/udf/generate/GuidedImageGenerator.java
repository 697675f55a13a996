package io.boxwright.udf.generate;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.guidance.Guidances;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.loading.ModelCache;
import io.boxwright.diffusion.loading.ModelFingerprint;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.PretrainedFolder;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.diffusion.pipelines.PretrainedOptions.SafetyCheck;
import io.boxwright.diffusion.pipelines.RequestLimits;
import io.boxwright.udf.counters.GenerationMonitor;
import io.boxwright.udf.executor.DetectorSpec;
import io.boxwright.udf.executor.Detectors;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.executor.ModelFolder;
import io.boxwright.udf.executor.PipelineLoader;
import io.boxwright.udf.executor.PipelineSpec;
import io.boxwright.udf.executor.TransformersModel;
import io.boxwright.udf.executor.WeightType;
import io.boxwright.udf.table.ImageRowWriter;
import io.boxwright.udf.table.ImageTableSchema;
import io.boxwright.udf.table.PromptSchema;
import io.boxwright.udf.table.PromptTables;
import io.boxwright.udf.table.ScoreColumn;
import io.boxwright.udf.table.ScoreColumns;
import io.boxwright.udf.table.Seeding;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A generator that turns a table of prompts into a table of images, lazily like every
 * transformation of Spark:
 *
 * <pre>{@code
 * Dataset<Row> images = new GuidedImageGenerator()
 *     .setModelUrl("/models/stable-diffusion-v1-5")
 *     .setBatchSize(16)
 *     .generate(spark.read().parquet("prompts.parquet"));
 * }</pre>
 *
 * <p>Setters have the names of DJL's Spark extension where it has such a setting. Each executor
 * loads the pipeline once per device and keeps it for later tasks and jobs, as long as the model is
 * the same.
 *
 * <p>Every input row gives exactly {@code numImagesPerPrompt} output rows, which differ in {@code
 * image_index}. A row that cannot be done has {@code status} {@code error}, with the reason in
 * {@code error}; it never fails the job.
 */
public final class GuidedImageGenerator {

  /**
   * An optional column of the prompts, {@code array<int>}, with the {@code image_index} of each
   * image of the row that is made. The other images only keep their places in their batches, so the
   * images have the same bytes as in the whole table. Without the column, all images are made.
   */
  public static final String ONLY_IMAGES = "_boxwright_only_images";

  private String modelUrl;
  private String tokenizer; // null: the model's own
  private Path modelCache = ModelCache.defaultFolder();
  private DeviceType deviceType = DeviceType.AUTO;
  private WeightType weightType = WeightType.AUTO;
  private String variant;
  private final ModelAdditions additions = new ModelAdditions();
  private SafetyCheck safetyCheck = SafetyCheck.MODEL;
  private double ipAdapterScale = 1;
  private GenerationOptions options = GenerationOptions.defaults();
  private Guidance guidance; // null: the one that suits the model
  private BatchSize batchSize = BatchSize.of(8);
  private Duration batchTimeout = Duration.ZERO;
  private int numImagesPerPrompt = 1;
  private Seeding seeding = Seeding.IMAGE;
  private DetectorSpec detector; // null: none
  private TransformersModel detectorModel; // null: not read yet, or the detector has none
  private PipelineLoader pipelineLoader = new PipelineLoader.LayoutGuidance();
  private String requiredModel; // null: any model
  private GenerationMonitor monitor;

  /** Sets the model, which {@link ModelFolder} finds on each host. Required. */
  public GuidedImageGenerator setModelUrl(String value) {
    modelUrl = value;
    return this;
  }

  /**
   * Sets the tokenizer's folder of a single file NAME.safetensors: a folder that is the same on
   * each host, a Hadoop URI, or a name that {@code --archives} gave; default null, the one beside
   * the file. Other models have a tokenizer of their own and refuse another.
   */
  public GuidedImageGenerator setTokenizer(String value) {
    tokenizer = value;
    return this;
  }

  /**
   * Sets a folder on the disk of each host for copies of models from elsewhere and for hashes of
   * models; default {@link ModelCache#defaultFolder}. If other users may write to it, another
   * folder is used.
   */
  public GuidedImageGenerator setModelCache(Path value) {
    modelCache = value;
    return this;
  }

  /** Sets the device that pipelines run on; default {@link DeviceType#AUTO}. */
  public GuidedImageGenerator setDeviceType(DeviceType value) {
    deviceType = value;
    return this;
  }

  /** Sets the type of the weights; default {@link WeightType#AUTO}. */
  public GuidedImageGenerator setWeightType(WeightType value) {
    weightType = value;
    return this;
  }

  /** Sets the variant of the weight files, such as {@code fp16}; default null, the plain files. */
  public GuidedImageGenerator setVariant(String value) {
    variant = value;
    return this;
  }

  /**
   * Sets LoRAs that are added to the weights, each as {@code FILE} or {@code FILE:WEIGHT}; default
   * none.
   */
  public GuidedImageGenerator setLoras(List<String> values) {
    additions.setLoras(values);
    return this;
  }

  /**
   * Sets textual inversions whose tokens prompts may use, each as {@code FILE.safetensors} or
   * {@code FILE.safetensors:TOKEN}; default none.
   */
  public GuidedImageGenerator setTextualInversions(List<String> values) {
    additions.setTextualInversions(values);
    return this;
  }

  /**
   * Sets the check of finished images for unsafe content; default the model's own safety checker,
   * if it has one. It makes unsafe images black, and they have {@code nsfw} true.
   */
  public GuidedImageGenerator setSafetyCheck(SafetyCheck value) {
    safetyCheck = value;
    return this;
  }

  /**
   * Sets an IP-Adapter in safetensors: a file that is the same on every host, a Hadoop URI, or a
   * name that {@code --files} gave; default null, none. With an adapter, every row needs a picture
   * in the column {@code ip_adapter_image}.
   */
  public GuidedImageGenerator setIPAdapter(String value) {
    additions.setIPAdapter(value);
    return this;
  }

  /**
   * Sets the folder of the IP-Adapter's image encoder, which is the same on every host; default
   * null, the {@code image_encoder} of the model's folder.
   */
  public GuidedImageGenerator setImageEncoder(String value) {
    additions.setImageEncoder(value);
    return this;
  }

  /**
   * Sets the weight of the pictures of rows without {@code ip_adapter_scale}; default 1.
   *
   * @throws IllegalArgumentException if it is not a finite number
   */
  public GuidedImageGenerator setIPAdapterScale(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "Invalid IP-Adapter scale: %s, it must be a finite number".formatted(value));
    }
    ipAdapterScale = value;
    return this;
  }

  /** Sets size, steps and other options; default those of diffusers. */
  public GuidedImageGenerator setOptions(GenerationOptions value) {
    options = value;
    return this;
  }

  /** Sets the guidance of rows with boxes; default {@link Guidances#fromPretrained}. */
  public GuidedImageGenerator setGuidance(Guidance value) {
    guidance = value;
    return this;
  }

  /**
   * Sets the number of images that are made together; default 8. More is faster and takes more
   * memory.
   *
   * @throws IllegalArgumentException if the number is less than 1 or greater than 1024
   */
  public GuidedImageGenerator setBatchSize(int value) {
    return setBatchSize(BatchSize.of(value));
  }

  /** Sets the number of images that are made together; {@link BatchSize#AUTO} suits the device. */
  public GuidedImageGenerator setBatchSize(BatchSize value) {
    batchSize = value;
    return this;
  }

  /**
   * Sets the longest time of a batch. If a batch takes longer, its executor ends its process, so
   * Spark tries the task elsewhere; if the driver is the executor, the job fails. The default is
   * zero, which means no limit.
   *
   * @throws IllegalArgumentException if the time is negative
   */
  public GuidedImageGenerator setBatchTimeout(Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(
          "Invalid batch timeout: %d s, it must be at least 0, and 0 means none"
              .formatted(value.toSeconds()));
    }
    batchTimeout = value;
    return this;
  }

  /**
   * Sets the number of images for each row, default 1. Their noise is that of the {@linkplain
   * #setSeeding seeding}.
   *
   * @throws IllegalArgumentException if the number is less than 1 or greater than {@link
   *     RequestLimits#IMAGES_PER_PROMPT}
   */
  public GuidedImageGenerator setNumImagesPerPrompt(int value) {
    numImagesPerPrompt = requirePositive("number of images per prompt", value);
    RequestLimits.requireCount(
        "number of images per prompt", value, "images", RequestLimits.IMAGES_PER_PROMPT);
    return this;
  }

  /** Sets the generators of the noise of a row's images; default {@link Seeding#IMAGE}. */
  public GuidedImageGenerator setSeeding(Seeding value) {
    seeding = value;
    return this;
  }

  /**
   * Sets the detector that looks for the objects in the images, for the column {@code detection}:
   * one of {@link Detectors#names}, or the folder of a model, which is on each host under this
   * path; default {@link Detectors#NONE}.
   *
   * @throws IllegalArgumentException listing the names, if it is none of them and no folder
   * @throws ModelLoadingException naming the file, if the folder holds no model of a detector
   */
  public GuidedImageGenerator setDetector(String nameOrFolder) {
    return setDetector(Detectors.of(nameOrFolder).orElse(null));
  }

  /** Sets the detector, as {@link #setDetector(String)}; null for none. */
  public GuidedImageGenerator setDetector(DetectorSpec value) {
    detector = value;
    detectorModel = null;
    return this;
  }

  /** Sets how executors load the pipeline; default the layout-guided one. */
  public GuidedImageGenerator setPipelineLoader(PipelineLoader value) {
    pipelineLoader = value;
    return this;
  }

  /**
   * Checks on the driver for errors that would fail every task: in the parts of the model folder,
   * in the scheduler's name, and in sizes that the model cannot make. The driver must find the
   * folder, too.
   *
   * @return one sentence for each part of the folder that is not applied
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the part of the folder that
   *     is wrong
   * @throws IllegalArgumentException naming the option that is wrong
   */
  public List<String> checkModel() {
    Path folder = modelFolder();
    List<String> notes = PretrainedFolder.check(folder, options, makePretrainedOptions());
    PretrainedFolder.checkGuidance(folder, guidance());
    Optional.ofNullable(detector).ifPresent(DetectorSpec::check);
    return notes;
  }

  private PretrainedOptions makePretrainedOptions() {
    PretrainedOptions loading =
        new PretrainedOptions(Device.cpu(), DataType.FLOAT32, variant).withSafetyCheck(safetyCheck);
    return additions.find(findModel()).addTo(loading);
  }

  /**
   * Returns the model's folder on this host; {@link ModelFolder#localize} copies it if needed.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException if it cannot be copied to this
   *     host
   */
  public Path modelFolder() {
    return findModel().localize();
  }

  /**
   * Returns a hash of the whole current content of the files that pipelines read. The first call on
   * a host takes as long as reading them.
   *
   * @return 64 hexadecimal digits
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what cannot be read
   */
  public String modelFingerprint() {
    return hashModel().hex();
  }

  private ModelFingerprint hashModel() {
    return findModel().hash(pipelineLoader, variant).fingerprint();
  }

  /**
   * Requires a model for {@link #generate}, which from now on refuses a model with another
   * fingerprint. So a run that is continued does not mix the images of two models.
   *
   * @param modelFingerprint the hash that {@link #modelFingerprint} returned
   */
  public GuidedImageGenerator requireModel(String modelFingerprint) {
    requiredModel = modelFingerprint;
    return this;
  }

  /**
   * Returns the guidance of rows with boxes: the one that was set, otherwise the one that suits the
   * model.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what is wrong in the
   *     model's file
   */
  public Guidance guidance() {
    return guidance == null ? Guidances.fromPretrained(modelFolder()) : guidance;
  }

  /**
   * Checks that this process can use the device. This is useful with a local master, where the
   * driver is the executor.
   *
   * @throws IllegalArgumentException naming the device and libtorch's reason
   */
  public void checkDevice() {
    DeviceType.requireUsable(deviceType.device(Optional.empty()));
  }

  /** Returns the number of rows of the image table for each row of the prompt table. */
  public int numImagesPerPrompt() {
    return numImagesPerPrompt;
  }

  /** Returns the generators of the noise of a row's images. */
  public Seeding seeding() {
    return seeding;
  }

  /** Returns the name of the model, as it was set. */
  public String modelUrl() {
    return findModel().name();
  }

  /**
   * Returns the settings that the images depend on, by the names that diffusers uses, without the
   * model, the prompts and the number of images. Settings without a value are left out.
   */
  public Map<String, String> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("variant", variant);
    settings.putAll(additions.find(findModel()).describe());
    settings.put("safety_check", safetyCheck == SafetyCheck.NONE ? "none" : null);
    settings.put("ip_adapter_scale", additions.needPictures() ? ipAdapterScale : null);
    settings.put("device", deviceType);
    settings.put("dtype", weightType);
    settings.put("batch_size", batchSize);
    settings.put("detector", detector == null ? Detectors.NONE : detector.factory().name());
    settings.putAll(detectorSettings());
    settings.put("pipeline_loader", pipelineLoader.getClass().getName());
    settings.putAll(JsonConfig.values(options));
    if (!options.inferenceSteps().isSpaced()) {
      settings.remove("num_inference_steps"); // the length of the list takes its place
    }
    seeding.describe(settings);
    settings.put("guidance", guidance().method());
    settings.putAll(guidance().options());
    Map<String, String> texts = new TreeMap<>();
    settings.forEach(
        (name, value) ->
            Optional.ofNullable(value)
                .map(Object::toString)
                .ifPresent(text -> texts.put(name, text)));
    return texts;
  }

  /** Finds the columns of the pictures; null without an IP-Adapter. */
  private ImagePromptColumns findImageColumns(StructType prompts) {
    return additions.needPictures()
        ? ImagePromptColumns.of(prompts, ipAdapterScale, findModel().hadoop())
        : null;
  }

  /** Returns the settings that detections depend on; a detector without a model has none. */
  private Map<String, Object> detectorSettings() {
    if (detector == null || detector.modelFolder() == null) {
      return Map.of();
    }
    TransformersModel model = readDetectorModel();
    return Map.of(
        "detector_model", model.folder(),
        "detector_fingerprint", model.fingerprint().hex(),
        "detector_threshold", detector.threshold(),
        "detector_labels", detector.labels());
  }

  /**
   * Reads the detector's folder once, so that all images of a run are held to the same content.
   *
   * @return null if the detector has no folder
   */
  private TransformersModel readDetectorModel() {
    if (detectorModel == null && detector != null && detector.modelFolder() != null) {
      detectorModel = TransformersModel.of(Path.of(detector.modelFolder()), modelCache);
    }
    return detectorModel;
  }

  /** Returns the number of images that are made together. */
  public BatchSize batchSize() {
    return batchSize;
  }

  /** Returns the kind of device that pipelines run on. */
  public DeviceType deviceType() {
    return deviceType;
  }

  /** Returns the type of the weights. */
  public WeightType weightType() {
    return weightType;
  }

  /** Returns the longest time of a batch; zero means no limit. */
  public Duration batchTimeout() {
    return batchTimeout;
  }

  /**
   * Returns the columns of the image table of a table of prompts.
   *
   * @throws IllegalArgumentException if the columns of the prompts are wrong
   */
  public StructType imageColumns(StructType prompts) {
    PromptSchema.of(prompts);
    findImageColumns(prompts);
    List<ScoreColumn> scores =
        detector == null ? ScoreColumns.withoutDetector() : ScoreColumns.all();
    return ImageTableSchema.of(prompts, options.attentionMaps(), scores);
  }

  /**
   * Returns the images of a table of prompts. The driver reads the model and the detector's folder,
   * so executors can check that theirs are the same; a task on a host with others fails.
   *
   * <p>The result is lazy, like every {@link Dataset}: each action on it, such as {@code count} and
   * then {@code show}, makes all its images again. The job's action {@code GenerateImages} writes
   * them to a permanent table, and continues a run that was cut off.
   *
   * @throws IllegalArgumentException if the table's columns are wrong or no model is set
   * @throws ModelLoadingException naming the part of the model that cannot be read, or if the model
   *     is not the one that {@link #requireModel} requires
   */
  public Dataset<Row> generate(Dataset<Row> prompts) {
    Dataset<Row> marked = PromptTables.markInvalidText(prompts);
    return marked.mapPartitions(makeTask(marked), Encoders.row(imageColumns(marked.schema())));
  }

  /**
   * Returns the images of rows that are no {@link Dataset} yet, otherwise as {@link
   * #generate(Dataset)}. Their partitions stay. Spark compiles no code for them.
   *
   * @param schema the schema of the rows, of a table that {@link PromptTables#markInvalidText}
   *     returned
   */
  public Dataset<Row> generate(SparkSession spark, JavaRDD<Row> prompts, StructType schema) {
    MapPartitionsFunction<Row, Row> task = makeTask(spark, schema);
    return spark.createDataset(
        prompts.mapPartitions(task::call).rdd(), Encoders.row(imageColumns(schema)));
  }

  /**
   * Makes the work on each partition of a table, for callers that apply it themselves. The rows
   * that it returns have the {@link #imageColumns}.
   *
   * @param prompts a table that {@link PromptTables#markInvalidText} returned
   * @throws IllegalArgumentException if the table's columns are wrong or no model is set
   * @throws ModelLoadingException as {@link #generate} does
   */
  public MapPartitionsFunction<Row, Row> makeTask(Dataset<Row> prompts) {
    return makeTask(prompts.sparkSession(), prompts.schema());
  }

  private MapPartitionsFunction<Row, Row> makeTask(SparkSession spark, StructType prompts) {
    PromptSchema columns = PromptSchema.of(prompts);
    StructType images = imageColumns(prompts);
    startMonitor(spark.sparkContext());
    return new GenerateRows(
        makePipelineSpec(),
        options,
        guidance(),
        findImageColumns(prompts),
        batchSize,
        batchTimeout,
        numImagesPerPrompt,
        seeding,
        detector,
        readDetectorModel(),
        new ImageRowWriter(columns, images),
        monitor.counters());
  }

  /**
   * Returns the monitor of the table that the last {@link #generate} returned, while its rows are
   * made and afterwards.
   *
   * @throws IllegalStateException before the first {@link #generate}
   */
  public GenerationMonitor monitor() {
    if (monitor == null) {
      throw new IllegalStateException("Nothing to monitor: call generate first");
    }
    return monitor;
  }

  private PipelineSpec makePipelineSpec() {
    ModelFingerprint here = hashModel();
    if (requiredModel != null && !requiredModel.equals(here.hex())) {
      throw new ModelLoadingException(
          "Model %s has changed since this run began: it is now %.16s, not %.16s"
              .formatted(modelUrl(), here.hex(), requiredModel));
    }
    ModelAdditions.Found added = additions.find(findModel());
    return new PipelineSpec(
        findModel(),
        here,
        deviceType,
        weightType,
        variant,
        added.loras(),
        added.textualInversions(),
        safetyCheck,
        added.ipAdapter(),
        pipelineLoader);
  }

  private void startMonitor(SparkContext context) {
    if (monitor != null) {
      monitor.close();
    }
    monitor = new GenerationMonitor(context);
  }

  private ModelFolder findModel() {
    if (modelUrl == null) {
      throw new IllegalArgumentException("No model: call setModelUrl first");
    }
    return ModelFolder.of(modelUrl, modelCache)
        .withTokenizer(tokenizer)
        .withPredictionType(options.predictionType());
  }

  private static int requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "Invalid %s: %d, it must be at least 1".formatted(name, value));
    }
    return value;
  }
}
