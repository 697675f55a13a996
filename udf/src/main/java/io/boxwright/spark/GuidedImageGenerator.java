package io.boxwright.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import io.boxwright.guidance.LayoutGuidanceConfig;
import io.boxwright.loading.ModelCache;
import io.boxwright.loading.ModelFingerprint;
import io.boxwright.loading.ModelLoadingException;
import io.boxwright.pipelines.GenerationOptions;
import io.boxwright.pipelines.PretrainedFolder;
import io.boxwright.pipelines.RequestLimits;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
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

  /** A column that says how many rows before a row have its id. */
  static final String REPETITION = "_boxwright_repetition";

  private String modelUrl;
  private Path modelCache = ModelCache.defaultFolder();
  private DeviceType deviceType = DeviceType.AUTO;
  private WeightType weightType = WeightType.AUTO;
  private String variant;
  private GenerationOptions options = GenerationOptions.defaults();
  private LayoutGuidanceConfig guidance; // null: what suits the model
  private BatchSize batchSize = BatchSize.of(8);
  private Duration batchTimeout = Duration.ZERO;
  private int numImagesPerPrompt = 1;
  private DetectorType detector = DetectorType.NONE;
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

  /** How rows with boxes are guided; default {@link LayoutGuidanceConfig#fromPretrained}. */
  public GuidedImageGenerator setGuidance(LayoutGuidanceConfig value) {
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
      throw new IllegalArgumentException("Invalid batch timeout: " + value.toSeconds() + " s");
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
   * Checks the columns of a prompt table that a person made.
   *
   * @throws IllegalArgumentException such as "Invalid bboxes column: ..."
   */
  public static void checkSchema(StructType prompts) {
    PromptSchema.of(prompts);
    PromptSchema.requireNoInnerColumns(prompts);
  }

  /** Whether a column of a name is read for prompts and layouts, else only carried through. */
  public static boolean isPromptColumn(String name) {
    return PromptSchema.isPromptColumn(name);
  }

  /** The type that such a column has at best. */
  public static DataType promptColumnType(String name) {
    return PromptSchema.usualType(name);
  }

  /** Whether a type does for such a column as well. */
  public static boolean isPromptColumnType(String name, DataType type) {
    return PromptSchema.isValid(name, type);
  }

  /** Which names no column of a prompt table may have, as the image table has such columns. */
  public static List<String> reservedColumns(List<String> names) {
    return names.stream().filter(PromptSchema::isReserved).toList();
  }

  /**
   * A prompt table that says, in a column more, which texts of its rows are no UTF-8. {@link
   * #generate} does this itself; who takes rows apart before, as {@link Dataset#rdd} does, calls it
   * first, for there are no wrong bytes in a {@link Row} any more.
   *
   * @throws IllegalArgumentException if the table's columns are wrong
   */
  public static Dataset<Row> markInvalidText(Dataset<Row> prompts) {
    PromptSchema.of(prompts.schema());
    return InvalidText.mark(prompts);
  }

  /**
   * A prompt table whose rows differ in their ids, seeds and names of image files although they
   * repeat others. The first of equal rows stays as it is; the n-th has another default id and
   * seed. An id that the table gives stays, but {@code image.path} and the default seed differ.
   *
   * @param positionColumn a column of the table that says which row comes first
   */
  public static Dataset<Row> tellApart(Dataset<Row> prompts, String positionColumn) {
    Dataset<Row> marked = markInvalidText(prompts);
    PromptSchema columns = PromptSchema.of(marked.schema());
    UDF1<Row, String> id = row -> PromptRow.read(row, columns).id();
    Column[] all = Arrays.stream(marked.columns()).map(marked::col).toArray(Column[]::new);
    WindowSpec equal = Window.partitionBy(col(REPETITION)).orderBy(col(positionColumn));
    return marked
        .withColumn(REPETITION, udf(id, DataTypes.StringType).apply(struct(all)))
        .withColumn(REPETITION, row_number().over(equal).minus(lit(1)));
  }

  /**
   * Checks rows as far as that is possible without a model: texts, counts, boxes.
   *
   * @param prompts few rows
   * @return what is wrong with each, in order; empty texts for good rows
   */
  public static List<String> rowProblems(Dataset<Row> prompts) {
    Dataset<Row> marked = markInvalidText(prompts);
    PromptSchema columns = PromptSchema.of(marked.schema());
    return marked.collectAsList().stream()
        .map(row -> PromptRow.read(row, columns).problem().orElse(""))
        .toList();
  }

  /**
   * What all boxes of some rows look like, if that is not what boxes are: pixels and the like.
   *
   * @param prompts few rows
   * @return such as "pixels: divide them by ..."
   */
  public static Optional<String> boxUnits(Dataset<Row> prompts) {
    PromptSchema columns = PromptSchema.of(prompts.schema());
    return BoxUnits.of(
            prompts.collectAsList().stream()
                .flatMap(row -> PromptRow.read(row, columns).bboxes().stream())
                .toList())
        .map(BoxUnits::advice);
  }

  /**
   * A prompt table with the {@code id} and {@code seed} of each row that its images have, too: the
   * row's own, or those that follow from its content. Images of one row count its seed up.
   */
  public static Dataset<Row> identified(Dataset<Row> prompts) {
    Dataset<Row> marked = markInvalidText(prompts);
    StructType schema = ImageTableSchema.identified(marked.schema());
    return marked.map(new Identify(PromptSchema.of(marked.schema()), schema), Encoders.row(schema));
  }

  /** Fills in the id and the seed of a row. */
  private record Identify(PromptSchema columns, StructType schema)
      implements MapFunction<Row, Row> {

    @Override
    public Row call(Row row) {
      PromptRow prompt = PromptRow.read(row, columns);
      Object[] values = new Object[schema.length()];
      for (int i = 0; i < values.length; i++) {
        String column = schema.apply(i).name();
        values[i] =
            switch (column) {
              case "id" -> prompt.id();
              case "seed" -> prompt.seed();
              default -> row.getAs(column);
            };
      }
      return RowFactory.create(values);
    }
  }

  /**
   * Checks on the driver what would fail in every task: the parts of the model folder, the
   * scheduler's name, sizes that the model cannot make. The driver has to find the folder, too.
   *
   * @return one sentence for each part that the folder has and that is not applied
   * @throws io.boxwright.loading.ModelLoadingException naming what is wrong with the folder
   * @throws IllegalArgumentException naming the option that is wrong
   */
  public List<String> checkModel() {
    List<String> notes = PretrainedFolder.check(modelFolder(), variant, options);
    PretrainedFolder.checkGuidance(modelFolder(), guidance());
    return notes;
  }

  /**
   * The model's folder on this host, see {@link ModelFolder#localize}.
   *
   * @throws io.boxwright.loading.ModelLoadingException if it cannot be copied to this host
   */
  public Path modelFolder() {
    return model().localize();
  }

  /**
   * What the model is now: a hash of the whole content of the files that pipelines read. The first
   * time on a host it takes as long as it takes to read them.
   *
   * @return 64 hexadecimal digits
   * @throws io.boxwright.loading.ModelLoadingException naming what cannot be read
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
   * @throws io.boxwright.loading.ModelLoadingException naming what is wrong with the model's file
   */
  public LayoutGuidanceConfig guidance() {
    return guidance == null ? LayoutGuidanceConfig.fromPretrained(modelFolder()) : guidance;
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
    settings.put("detector", detector);
    settings.put("pipeline_loader", pipelineLoader.getClass().getName());
    putComponents(settings, options);
    putComponents(settings, guidance());
    Map<String, String> texts = new TreeMap<>();
    settings.forEach(
        (name, value) ->
            Optional.ofNullable(value)
                .map(Object::toString)
                .ifPresent(text -> texts.put(name, text)));
    return texts;
  }

  private static void putComponents(Map<String, Object> settings, Record values) {
    for (RecordComponent component : values.getClass().getRecordComponents()) {
      String name = component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
      try {
        settings.put(name, component.getAccessor().invoke(values));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("Cannot read option " + name, e); // they are public
      }
    }
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
    Dataset<Row> marked = markInvalidText(prompts);
    PromptSchema columns = PromptSchema.of(marked.schema());
    StructType images = ImageTableSchema.of(marked.schema(), options.attentionMaps(), detector);
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
