package io.boxwright.udf.generate;

import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.guidance.Guidances;
import io.boxwright.diffusion.loading.HashedFolder;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.loading.ModelCache;
import io.boxwright.diffusion.loading.ModelFingerprint;
import io.boxwright.diffusion.loading.ModelHashes;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.TransformersFiles;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.PretrainedFolder;
import io.boxwright.diffusion.pipelines.RequestLimits;
import io.boxwright.udf.counters.GenerationMonitor;
import io.boxwright.udf.executor.DetectorSpec;
import io.boxwright.udf.executor.Detectors;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.executor.ModelFolder;
import io.boxwright.udf.executor.PipelineLoader;
import io.boxwright.udf.executor.PipelineSpec;
import io.boxwright.udf.executor.WeightType;
import io.boxwright.udf.table.ImageRowWriter;
import io.boxwright.udf.table.ImageTableSchema;
import io.boxwright.udf.table.PromptSchema;
import io.boxwright.udf.table.PromptTables;
import io.boxwright.udf.table.ScoreColumn;
import io.boxwright.udf.table.ScoreColumns;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

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
 * pipeline once per device and keeps it for later tasks and jobs, as long as the model is the same.
 *
 * <p>Every input row gives exactly {@code numImagesPerPrompt} output rows, told apart by {@code
 * image_index}. A row that cannot be done has {@code status} {@code error} and says why in {@code
 * error}; it never fails the job.
 */
public final class GuidedImageGenerator {

  /**
   * A column of prompts, {@code array<int>}: which images of the row to make, by {@code
   * image_index}. The others only keep their places in their batches, so that the bytes of these
   * are those that the whole table gives. Without the column, all are made.
   */
  public static final String ONLY_IMAGES = "_boxwright_only_images";

  private String modelUrl;
  private Path modelCache = ModelCache.defaultFolder();
  private DeviceType deviceType = DeviceType.AUTO;
  private WeightType weightType = WeightType.AUTO;
  private String variant;
  private GenerationOptions options = GenerationOptions.defaults();
  private Guidance guidance; // null: what suits the model
  private BatchSize batchSize = BatchSize.of(8);
  private Duration batchTimeout = Duration.ZERO;
  private int numImagesPerPrompt = 1;
  private DetectorSpec detector; // null: none
  private PipelineLoader pipelineLoader = new PipelineLoader.LayoutGuidance();
  private String requiredModel; // null: whatever is there
  private GenerationMonitor monitor;

  /** The diffusers folder, as {@link ModelFolder} finds it on each host. Required. */
  public GuidedImageGenerator setModelUrl(String value) {
    modelUrl = value;
    return this;
  }

  /**
   * A folder on the disk of each host, where models that come from elsewhere are copied to, and
   * hashes of models are remembered; default {@link ModelCache#defaultFolder}. Where other users
   * may write to it, another one is used.
   */
  public GuidedImageGenerator setModelCache(Path value) {
    modelCache = value;
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

  /** How rows with boxes are guided; default {@link Guidances#fromPretrained}. */
  public GuidedImageGenerator setGuidance(Guidance value) {
    guidance = value;
    return this;
  }

  /** How many images are made together; default 8. More is faster and takes more memory. */
  public GuidedImageGenerator setBatchSize(int value) {
    return setBatchSize(BatchSize.of(value));
  }

  /** How many images are made together, which {@link BatchSize#AUTO} leaves to the device. */
  public GuidedImageGenerator setBatchSize(BatchSize value) {
    batchSize = value;
    return this;
  }

  /**
   * How long a batch may take before its task is given up: an executor ends its process, so that
   * Spark tries the task elsewhere; where the driver is the executor, the job fails. Default zero:
   * for ever.
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
   * Images for each row, with seeds counted up from the row's; default 1, at most {@link
   * RequestLimits#IMAGES_PER_PROMPT}.
   */
  public GuidedImageGenerator setNumImagesPerPrompt(int value) {
    numImagesPerPrompt = requirePositive("number of images per prompt", value);
    RequestLimits.requireCount(
        "number of images per prompt", value, "images", RequestLimits.IMAGES_PER_PROMPT);
    return this;
  }

  /**
   * What looks for the objects in the images, for the columns {@code detection}: one of {@link
   * Detectors#names}, or the folder of a model, which is on each host under this path; default
   * {@link Detectors#NONE}.
   *
   * @throws IllegalArgumentException listing the names, if it is none of them and no folder
   * @throws ModelLoadingException naming the file, if the folder holds no model of a detector
   */
  public GuidedImageGenerator setDetector(String nameOrFolder) {
    return setDetector(Detectors.of(nameOrFolder).orElse(null));
  }

  /** What looks for the objects in the images, as {@link #setDetector(String)}; null: nothing. */
  public GuidedImageGenerator setDetector(DetectorSpec value) {
    detector = value;
    return this;
  }

  /** How executors load the pipeline; default the layout-guided one. */
  public GuidedImageGenerator setPipelineLoader(PipelineLoader value) {
    pipelineLoader = value;
    return this;
  }

  /**
   * Checks on the driver what would fail in every task: the parts of the model folder, the
   * scheduler's name, sizes that the model cannot make. The driver has to find the folder, too.
   *
   * @return one sentence for each part that the folder has and that is not applied
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what is wrong with the
   *     folder
   * @throws IllegalArgumentException naming the option that is wrong
   */
  public List<String> checkModel() {
    Path folder = modelFolder();
    List<String> notes = PretrainedFolder.check(folder, variant, options);
    PretrainedFolder.checkGuidance(folder, guidance());
    Optional.ofNullable(detector).ifPresent(DetectorSpec::check);
    return notes;
  }

  /**
   * The model's folder on this host, see {@link ModelFolder#localize}.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException if it cannot be copied to this
   *     host
   */
  public Path modelFolder() {
    return model().localize();
  }

  /**
   * What the model is now: a hash of the whole content of the files that pipelines read. The first
   * time on a host it takes as long as it takes to read them.
   *
   * @return 64 hexadecimal digits
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what cannot be read
   */
  public String modelFingerprint() {
    return fingerprint().hex();
  }

  private ModelFingerprint fingerprint() {
    return model().hash(pipelineLoader, variant).fingerprint();
  }

  /**
   * From now on {@link #generate} refuses a model with another fingerprint than this: for runs that
   * go on, which shall not mix the images of two models.
   *
   * @param modelFingerprint as {@link #modelFingerprint} gave it
   */
  public GuidedImageGenerator requireModel(String modelFingerprint) {
    requiredModel = modelFingerprint;
    return this;
  }

  /**
   * How rows with boxes are guided: as was set, else as suits the model.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what is wrong with the
   *     model's file
   */
  public Guidance guidance() {
    return guidance == null ? Guidances.fromPretrained(modelFolder()) : guidance;
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

  /** The model, as it was named. */
  public String modelUrl() {
    return model().name();
  }

  /**
   * What the images depend on besides the model, the prompts and how many they are, by the names
   * that diffusers uses. What is not set is left out.
   */
  public Map<String, String> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("variant", variant);
    settings.put("device", deviceType);
    settings.put("dtype", weightType);
    settings.put("batch_size", batchSize);
    settings.put("detector", detector == null ? Detectors.NONE : detector.factory().name());
    settings.putAll(detectorSettings());
    settings.put("pipeline_loader", pipelineLoader.getClass().getName());
    settings.putAll(JsonConfig.values(options));
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

  /** What detections depend on; a detector without a model has nothing to set. */
  private Map<String, Object> detectorSettings() {
    if (detector == null || detector.modelFolder() == null) {
      return Map.of();
    }
    Path folder = Path.of(detector.modelFolder());
    HashedFolder files = new ModelHashes(modelCache).hash(folder, TransformersFiles.of(folder));
    return Map.of(
        "detector_model", folder,
        "detector_fingerprint", files.fingerprint().hex(),
        "detector_threshold", detector.threshold(),
        "detector_labels", detector.labels());
  }

  /** How many images are made together. */
  public BatchSize batchSize() {
    return batchSize;
  }

  /**
   * The images of a table of prompts. Reads the model on the driver, so that executors can check
   * that theirs is the same; a task on a host where it is not fails.
   *
   * <p>The result is lazy, as every {@link Dataset}: each action on it, such as {@code count} and
   * then {@code show}, makes all its images again. The job's action {@code GenerateImages} writes
   * them to a table that stays, and goes on where a run was cut off.
   *
   * @throws IllegalArgumentException if the table's columns are wrong or no model is set
   * @throws ModelLoadingException naming what cannot be read of the model, or if it is not the one
   *     that {@link #requireModel} requires
   */
  public Dataset<Row> generate(Dataset<Row> prompts) {
    Dataset<Row> marked = PromptTables.markInvalidText(prompts);
    PromptSchema columns = PromptSchema.of(marked.schema());
    List<ScoreColumn> scores =
        detector == null ? ScoreColumns.withoutDetector() : ScoreColumns.all();
    StructType images = ImageTableSchema.of(marked.schema(), options.attentionMaps(), scores);
    startMonitor(prompts.sparkSession().sparkContext());
    GenerateRows task =
        new GenerateRows(
            pipelineSpec(),
            options,
            guidance(),
            batchSize,
            batchTimeout,
            numImagesPerPrompt,
            detector,
            new ImageRowWriter(columns, images),
            monitor.counters());
    return marked.mapPartitions(task, Encoders.row(images));
  }

  /**
   * What is known of the table that the last {@link #generate} made, while its rows are made and
   * afterwards.
   *
   * @throws IllegalStateException before the first {@link #generate}
   */
  public GenerationMonitor monitor() {
    if (monitor == null) {
      throw new IllegalStateException("Nothing to monitor: call generate first");
    }
    return monitor;
  }

  private PipelineSpec pipelineSpec() {
    ModelFingerprint here = fingerprint();
    if (requiredModel != null && !requiredModel.equals(here.hex())) {
      throw new ModelLoadingException(
          "Model %s was changed since this run began: it is %.16s now, not %.16s"
              .formatted(modelUrl(), here.hex(), requiredModel));
    }
    return new PipelineSpec(model(), here, deviceType, weightType, variant, pipelineLoader);
  }

  private void startMonitor(SparkContext context) {
    if (monitor != null) {
      monitor.close();
    }
    monitor = new GenerationMonitor(context);
  }

  private ModelFolder model() {
    if (modelUrl == null) {
      throw new IllegalArgumentException("No model: call setModelUrl first");
    }
    return ModelFolder.of(modelUrl, modelCache);
  }

  private static int requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "Invalid %s: %d, it must be at least 1".formatted(name, value));
    }
    return value;
  }
}
