package io.boxwright.udf.ml;

import io.boxwright.diffusion.guidance.BatchShape;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.guidance.Guidances;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.loading.ModelCache;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationOptions.AttentionMaps;
import io.boxwright.diffusion.pipelines.PretrainedOptions.SafetyCheck;
import io.boxwright.text.Printable;
import io.boxwright.udf.executor.Detectors;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.executor.WeightType;
import io.boxwright.udf.generate.BatchSize;
import io.boxwright.udf.generate.GuidedImageGenerator;
import io.boxwright.udf.table.Seeding;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage of Spark ML's pipelines that turns a table of prompts into a table of images, as {@link
 * GuidedImageGenerator} does, whose settings are its params:
 *
 * <pre>{@code
 * Dataset<Row> images = new GuidedImageTransformer()
 *     .setModelUrl("shapes")
 *     .setNumInferenceSteps(20)
 *     .transform(prompts);
 * }</pre>
 *
 * <p>The result is lazy: every action on it makes all images again. Defaults are those of the
 * generator; a param without one may stay unset, and its getter fails then. Values are checked by
 * {@link #transformSchema} and {@link #transform}. Saving keeps the params, not the model.
 */
public final class GuidedImageTransformer extends Transformer implements DefaultParamsWritable {

  private static final long serialVersionUID = 1;

  private static final Logger LOG = LoggerFactory.getLogger(GuidedImageTransformer.class);

  private final String uid;
  private final Param<String> modelUrl;
  private final Param<String> tokenizer;
  private final Param<String> modelCache;
  private final Param<String> deviceType;
  private final Param<String> weightType;
  private final Param<String> variant;
  private final StringArrayParam loras;
  private final StringArrayParam textualInversions;
  private final Param<String> safetyCheck;
  private final Param<String> ipAdapter;
  private final Param<String> imageEncoder;
  private final DoubleParam ipAdapterScale;
  private final IntParam height;
  private final IntParam width;
  private final IntParam numInferenceSteps;
  private final IntArrayParam timesteps;
  private final DoubleArrayParam sigmas;
  private final DoubleParam guidanceScale;
  private final DoubleParam guidanceRescale;
  private final DoubleParam cutoffStepRatio;
  private final IntParam cacheInterval;
  private final IntParam clipSkip;
  private final DoubleParam eta;
  private final Param<String> scheduler;
  private final Param<String> predictionType;
  private final Param<String> attentionMaps;
  private final Param<String> batchShape;
  private final Param<String> guidance;
  private final StringArrayParam guidanceOptions;
  private final IntParam batchSize;
  private final IntParam batchTimeout;
  private final IntParam numImagesPerPrompt;
  private final Param<String> seeding;
  private final Param<String> detector;

  /** Makes a stage with an id of its own. */
  public GuidedImageTransformer() {
    this(Identifiable.randomUID("guidedImages"));
  }

  /** Makes a stage with a given id, as Spark does when it copies or loads one. */
  public GuidedImageTransformer(String uid) {
    this.uid = uid; // before the params, which read it
    modelUrl = new Param<>(this, "modelUrl", "the model, as the option --model takes it; required");
    tokenizer =
        new Param<>(
            this,
            "tokenizer",
            "the tokenizer's folder of a single file NAME.safetensors; unset: the one beside the file");
    modelCache =
        new Param<>(
            this,
            "modelCache",
            "the folder on each host for copies of models; unset: in the folder for temporary files");
    deviceType = new Param<>(this, "deviceType", "where the model runs: auto, cpu or gpu");
    weightType =
        new Param<>(this, "weightType", "the type of the weights: auto, float32 or float16");
    variant =
        new Param<>(
            this,
            "variant",
            "the variant of the weight files, such as fp16; unset: the plain files");
    loras =
        new StringArrayParam(
            this,
            "loras",
            "LoRAs, each FILE or FILE:WEIGHT, as the option --lora takes them; unset: none");
    textualInversions =
        new StringArrayParam(
            this,
            "textualInversions",
            "textual inversions, each FILE.safetensors or FILE.safetensors:TOKEN, as the option"
                + " --textual-inversion takes them; unset: none");
    safetyCheck =
        new Param<>(
            this,
            "safetyCheck",
            "what checks images for unsafe content: model, the model's own safety checker, or none");
    ipAdapter =
        new Param<>(
            this,
            "ipAdapter",
            "an IP-Adapter in safetensors; every row then needs the column ip_adapter_image; unset: none");
    imageEncoder =
        new Param<>(
            this,
            "imageEncoder",
            "the folder of the IP-Adapter's image encoder; unset: image_encoder of the model");
    ipAdapterScale =
        new DoubleParam(
            this,
            "ipAdapterScale",
            "the weight of the pictures of rows without ip_adapter_scale, usually 0 to 1");
    height = new IntParam(this, "height", "the height of the images in pixels; 0: the model's own");
    width = new IntParam(this, "width", "the width of the images in pixels; 0: the model's own");
    numInferenceSteps =
        new IntParam(this, "numInferenceSteps", "the number of denoising steps, at least 1");
    timesteps =
        new IntArrayParam(
            this,
            "timesteps",
            "timesteps in place of numInferenceSteps, from the highest down; unset: the scheduler's");
    sigmas =
        new DoubleArrayParam(
            this,
            "sigmas",
            "deviations of the noise in place of numInferenceSteps; unset: the scheduler's");
    guidanceScale =
        new DoubleParam(
            this,
            "guidanceScale",
            "the weight of the prompt; 1 or less switches classifier-free guidance off");
    guidanceRescale =
        new DoubleParam(
            this,
            "guidanceRescale",
            "how far guided predictions get the standard deviation of those of the prompt, 0 to 1");
    cutoffStepRatio =
        new DoubleParam(
            this,
            "cutoffStepRatio",
            "the share of the steps after which classifier-free guidance ends, 0 to 1; 1: never");
    cacheInterval =
        new IntParam(
            this,
            "cacheInterval",
            "the interval between steps that run the whole UNet (DeepCache), at least 1; 1: all do");
    clipSkip =
        new IntParam(
            this, "clipSkip", "the number of last layers of the text encoder that prompts skip");
    eta = new DoubleParam(this, "eta", "the noise of DDIM steps, 0 to 1");
    scheduler =
        new Param<>(this, "scheduler", "the class name of the scheduler; unset: the model's own");
    predictionType =
        new Param<>(
            this,
            "predictionType",
            "what the UNet predicts: epsilon, v_prediction or sample; unset: as the model says");
    attentionMaps =
        new Param<>(
            this, "attentionMaps", "whether the table has the column attention: drop or keep");
    batchShape =
        new Param<>(this, "batchShape", "whether rows may leave a batch: fixed or shrinking");
    guidance =
        new Param<>(
            this,
            "guidance",
            "the method of guidance: paper, tflcg or none; unset: the one that suits the model");
    guidanceOptions =
        new StringArrayParam(
            this,
            "guidanceOptions",
            "options of the guidance, each KEY=VALUE, such as loss_scale=45; unset: none");
    batchSize =
        new IntParam(
            this,
            "batchSize",
            "the number of images that are made together, 1 to 1024; 0: as many as suit the device");
    batchTimeout =
        new IntParam(this, "batchTimeout", "the longest time of a batch in seconds; 0: no limit");
    numImagesPerPrompt =
        new IntParam(this, "numImagesPerPrompt", "the number of images for each row, 1 to 10000");
    seeding =
        new Param<>(
            this,
            "seeding",
            "the generators of the noise of a row's images: image, one each, or prompt, one for all");
    detector =
        new Param<>(
            this,
            "detector",
            "the detector that looks for the objects: a name, or a folder of OWL-ViT or OWLv2");
    setDefaults();
  }

  private void setDefaults() {
    GuidedImageGenerator generator = new GuidedImageGenerator();
    GenerationOptions options = GenerationOptions.defaults();
    setDefault(deviceType, toText(generator.deviceType()));
    setDefault(weightType, toText(generator.weightType()));
    setDefault(height, options.height());
    setDefault(width, options.width());
    setDefault(numInferenceSteps, options.numInferenceSteps());
    setDefault(guidanceScale, options.guidanceScale());
    setDefault(guidanceRescale, options.guidanceRescale());
    setDefault(cutoffStepRatio, options.cutoffStepRatio());
    setDefault(cacheInterval, options.cacheInterval());
    setDefault(clipSkip, options.clipSkip());
    setDefault(eta, options.eta());
    setDefault(attentionMaps, toText(options.attentionMaps()));
    setDefault(batchShape, toText(options.batchShape()));
    setDefault(safetyCheck, toText(SafetyCheck.MODEL));
    setDefault(ipAdapterScale, 1.0);
    setDefault(batchSize, generator.batchSize().rows());
    setDefault(batchTimeout, (int) generator.batchTimeout().toSeconds());
    setDefault(numImagesPerPrompt, generator.numImagesPerPrompt());
    setDefault(seeding, toText(generator.seeding()));
    setDefault(detector, Detectors.NONE);
  }

  /** Returns a reader of stages that {@code save} wrote; Spark calls it for saved pipelines. */
  public static MLReader<GuidedImageTransformer> read() {
    return new DefaultParamsReader<>();
  }

  /** Loads a stage that {@code save} wrote. */
  public static GuidedImageTransformer load(String path) {
    return read().load(path);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public GuidedImageTransformer copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /**
   * Returns the columns of the image table.
   *
   * @throws IllegalArgumentException naming the param or the column of the prompts that is wrong
   */
  @Override
  public StructType transformSchema(StructType prompts) {
    return makeGenerator().imageColumns(prompts);
  }

  /**
   * Returns the images of a table of prompts, lazily. The model and the params are checked now, so
   * that they do not fail every task.
   *
   * @throws IllegalArgumentException naming the param or the column of the prompts that is wrong
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the part of the model that
   *     cannot be read
   */
  @Override
  public Dataset<Row> transform(Dataset<?> prompts) {
    GuidedImageGenerator generator = makeGenerator();
    generator.checkModel().forEach(LOG::warn);
    return generator.generate(prompts.toDF());
  }

  /**
   * Makes a generator with the values of the params.
   *
   * @throws IllegalArgumentException naming the param that is wrong
   */
  GuidedImageGenerator makeGenerator() {
    Arrays.stream(params()).forEach(this::requireValue);
    GuidedImageGenerator generator =
        new GuidedImageGenerator()
            .setModelUrl(
                find(modelUrl)
                    .orElseThrow(() -> new IllegalArgumentException("No model: set modelUrl")))
            .setTokenizer(find(tokenizer).orElse(null))
            .setDeviceType(parse(DeviceType.class, deviceType))
            .setWeightType(parse(WeightType.class, weightType))
            .setVariant(find(variant).orElse(null))
            .setLoras(List.of(find(loras).orElse(new String[0])))
            .setTextualInversions(List.of(find(textualInversions).orElse(new String[0])))
            .setSafetyCheck(parse(SafetyCheck.class, safetyCheck))
            .setIPAdapter(find(ipAdapter).orElse(null))
            .setImageEncoder(find(imageEncoder).orElse(null))
            .setIPAdapterScale(getIpAdapterScale())
            .setOptions(makeOptions())
            .setBatchSize(new BatchSize(getBatchSize()))
            .setBatchTimeout(Duration.ofSeconds(getBatchTimeout()))
            .setNumImagesPerPrompt(getNumImagesPerPrompt())
            .setSeeding(parse(Seeding.class, seeding))
            .setDetector(getDetector());
    find(modelCache)
        .map(folder -> ModelCache.parseFolder(modelCache.name(), folder))
        .ifPresent(generator::setModelCache);
    Map<String, Object> changes = parseGuidanceOptions();
    Optional<Guidance> method = find(guidance).map(Guidances::of);
    if (method.isPresent() || !changes.isEmpty()) {
      generator.setGuidance(method.orElseGet(generator::guidance).withOptions(changes));
    }
    return generator;
  }

  /** Checks that a param with a default is not null, and that no text of a list is. */
  private void requireValue(Param<?> param) {
    Object value = isDefined(param) ? getOrDefault(param) : null;
    if (value == null && hasDefault(param)) {
      throw new IllegalArgumentException("Invalid %s: it is null".formatted(param.name()));
    }
    if (value instanceof String[] texts && Arrays.asList(texts).contains(null)) {
      throw new IllegalArgumentException("Invalid %s: a text is null".formatted(param.name()));
    }
  }

  private GenerationOptions makeOptions() {
    return GenerationOptions.defaults()
        .withSize(getHeight(), getWidth())
        .withNumInferenceSteps(getNumInferenceSteps())
        .withTimesteps(find(timesteps).map(own -> Arrays.stream(own).boxed().toList()).orElse(null))
        .withSigmas(find(sigmas).map(own -> Arrays.stream(own).boxed().toList()).orElse(null))
        .withGuidanceScale(getGuidanceScale())
        .withGuidanceRescale(getGuidanceRescale())
        .withCutoffStepRatio(getCutoffStepRatio())
        .withCacheInterval(getCacheInterval())
        .withClipSkip(getClipSkip())
        .withEta(getEta())
        .withScheduler(find(scheduler).orElse(null))
        .withPredictionType(find(predictionType).orElse(null))
        .withAttentionMaps(parse(AttentionMaps.class, attentionMaps))
        .withBatchShape(parse(BatchShape.class, batchShape));
  }

  private Map<String, Object> parseGuidanceOptions() {
    Map<String, Object> options = new LinkedHashMap<>();
    for (String option : find(guidanceOptions).orElse(new String[0])) {
      int equals = option.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "Invalid guidanceOptions: %s, it must be KEY=VALUE".formatted(Printable.name(option)));
      }
      options.put(
          option.substring(0, equals), JsonConfig.parseScalar(option.substring(equals + 1)));
    }
    return options;
  }

  /** Returns the value of a param without a default, if it is set. */
  private <T> Optional<T> find(Param<T> param) {
    return isSet(param) ? Optional.ofNullable(getOrDefault(param)) : Optional.empty();
  }

  private <E extends Enum<E>> E parse(Class<E> type, Param<String> param) {
    String name = getOrDefault(param);
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Invalid %s: %s, it must be one of %s"
                        .formatted(
                            param.name(),
                            Printable.name(name),
                            Arrays.stream(type.getEnumConstants())
                                .map(GuidedImageTransformer::toText)
                                .collect(Collectors.joining(", ")))));
  }

  private static String toText(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private <T> GuidedImageTransformer with(Param<T> param, T value) {
    set(param, value);
    return this;
  }

  /** Returns the param of that name. */
  public Param<String> modelUrl() {
    return modelUrl;
  }

  /** Sets the model, as the option --model takes it; required. */
  public GuidedImageTransformer setModelUrl(String value) {
    return with(modelUrl, value);
  }

  /** Returns the model, as the option --model takes it. */
  public String getModelUrl() {
    return getOrDefault(modelUrl);
  }

  /** Returns the param of that name. */
  public Param<String> tokenizer() {
    return tokenizer;
  }

  /** Sets the tokenizer's folder of a single file; unset: the one beside the file. */
  public GuidedImageTransformer setTokenizer(String value) {
    return with(tokenizer, value);
  }

  /** Returns the tokenizer's folder of a single file. */
  public String getTokenizer() {
    return getOrDefault(tokenizer);
  }

  /** Returns the param of that name. */
  public Param<String> modelCache() {
    return modelCache;
  }

  /**
   * Sets the folder on each host for copies of models; unset: in the folder for temporary files.
   */
  public GuidedImageTransformer setModelCache(String value) {
    return with(modelCache, value);
  }

  /** Returns the folder on each host for copies of models. */
  public String getModelCache() {
    return getOrDefault(modelCache);
  }

  /** Returns the param of that name. */
  public Param<String> deviceType() {
    return deviceType;
  }

  /** Sets where the model runs: auto, cpu or gpu. */
  public GuidedImageTransformer setDeviceType(String value) {
    return with(deviceType, value);
  }

  /** Returns where the model runs. */
  public String getDeviceType() {
    return getOrDefault(deviceType);
  }

  /** Returns the param of that name. */
  public Param<String> weightType() {
    return weightType;
  }

  /** Sets the type of the weights: auto, float32 or float16. */
  public GuidedImageTransformer setWeightType(String value) {
    return with(weightType, value);
  }

  /** Returns the type of the weights. */
  public String getWeightType() {
    return getOrDefault(weightType);
  }

  /** Returns the param of that name. */
  public Param<String> variant() {
    return variant;
  }

  /** Sets the variant of the weight files, such as fp16; unset: the plain files. */
  public GuidedImageTransformer setVariant(String value) {
    return with(variant, value);
  }

  /** Returns the variant of the weight files, such as fp16. */
  public String getVariant() {
    return getOrDefault(variant);
  }

  /** Returns the param of that name. */
  public IntParam height() {
    return height;
  }

  /** Sets the height of the images in pixels; 0: the model's own. */
  public GuidedImageTransformer setHeight(int value) {
    return with(height, value);
  }

  /** Returns the height of the images in pixels. */
  public int getHeight() {
    return (Integer) getOrDefault(height);
  }

  /** Returns the param of that name. */
  public IntParam width() {
    return width;
  }

  /** Sets the width of the images in pixels; 0: the model's own. */
  public GuidedImageTransformer setWidth(int value) {
    return with(width, value);
  }

  /** Returns the width of the images in pixels. */
  public int getWidth() {
    return (Integer) getOrDefault(width);
  }

  /** Returns the param of that name. */
  public IntParam numInferenceSteps() {
    return numInferenceSteps;
  }

  /** Sets the number of denoising steps, at least 1. */
  public GuidedImageTransformer setNumInferenceSteps(int value) {
    return with(numInferenceSteps, value);
  }

  /** Returns the number of denoising steps, at least 1. */
  public int getNumInferenceSteps() {
    return (Integer) getOrDefault(numInferenceSteps);
  }

  /** Returns the param of that name. */
  public IntArrayParam timesteps() {
    return timesteps;
  }

  /** Sets the timesteps of the denoising steps, from the highest down. */
  public GuidedImageTransformer setTimesteps(int[] value) {
    return with(timesteps, value);
  }

  /** Returns the timesteps of the denoising steps. */
  public int[] getTimesteps() {
    return getOrDefault(timesteps);
  }

  /** Returns the param of that name. */
  public DoubleArrayParam sigmas() {
    return sigmas;
  }

  /** Sets the deviations of the noise before the denoising steps and after the last. */
  public GuidedImageTransformer setSigmas(double[] value) {
    return with(sigmas, value);
  }

  /** Returns the deviations of the noise before the denoising steps and after the last. */
  public double[] getSigmas() {
    return getOrDefault(sigmas);
  }

  /** Returns the param of that name. */
  public DoubleParam guidanceScale() {
    return guidanceScale;
  }

  /** Sets the weight of the prompt; 1 or less switches classifier-free guidance off. */
  public GuidedImageTransformer setGuidanceScale(double value) {
    return with(guidanceScale, value);
  }

  /** Returns the weight of the prompt. */
  public double getGuidanceScale() {
    return (Double) getOrDefault(guidanceScale);
  }

  /** Returns the param of that name. */
  public DoubleParam guidanceRescale() {
    return guidanceRescale;
  }

  /** Sets how far guided predictions get the standard deviation of those of the prompt, 0 to 1. */
  public GuidedImageTransformer setGuidanceRescale(double value) {
    return with(guidanceRescale, value);
  }

  /**
   * Returns how far guided predictions get the standard deviation of those of the prompt, 0 to 1.
   */
  public double getGuidanceRescale() {
    return (Double) getOrDefault(guidanceRescale);
  }

  /** Returns the param of that name. */
  public DoubleParam cutoffStepRatio() {
    return cutoffStepRatio;
  }

  /** Sets the share of the steps after which classifier-free guidance ends, 0 to 1. */
  public GuidedImageTransformer setCutoffStepRatio(double value) {
    return with(cutoffStepRatio, value);
  }

  /** Returns the share of the steps after which classifier-free guidance ends, 0 to 1. */
  public double getCutoffStepRatio() {
    return (Double) getOrDefault(cutoffStepRatio);
  }

  /** Returns the param of that name. */
  public IntParam cacheInterval() {
    return cacheInterval;
  }

  /** Sets the interval between steps that run the whole UNet, at least 1. */
  public GuidedImageTransformer setCacheInterval(int value) {
    return with(cacheInterval, value);
  }

  /** Returns the interval between steps that run the whole UNet, at least 1. */
  public int getCacheInterval() {
    return (Integer) getOrDefault(cacheInterval);
  }

  /** Returns the param of that name. */
  public IntParam clipSkip() {
    return clipSkip;
  }

  /** Sets the number of last layers of the text encoder that prompts skip, at least 0. */
  public GuidedImageTransformer setClipSkip(int value) {
    return with(clipSkip, value);
  }

  /** Returns the number of last layers of the text encoder that prompts skip, at least 0. */
  public int getClipSkip() {
    return (Integer) getOrDefault(clipSkip);
  }

  /** Returns the param of that name. */
  public StringArrayParam loras() {
    return loras;
  }

  /** Sets what checks images for unsafe content: {@code model} or {@code none}. */
  public GuidedImageTransformer setSafetyCheck(String value) {
    return with(safetyCheck, value);
  }

  /** Returns what checks images for unsafe content: {@code model} or {@code none}. */
  public String getSafetyCheck() {
    return getOrDefault(safetyCheck);
  }

  /** Returns the param of that name. */
  public Param<String> safetyCheck() {
    return safetyCheck;
  }

  /** Sets the file of an IP-Adapter. */
  public GuidedImageTransformer setIpAdapter(String value) {
    return with(ipAdapter, value);
  }

  /** Returns the file of the IP-Adapter. */
  public String getIpAdapter() {
    return getOrDefault(ipAdapter);
  }

  /** Returns the param of that name. */
  public Param<String> ipAdapter() {
    return ipAdapter;
  }

  /** Sets the folder of the IP-Adapter's image encoder. */
  public GuidedImageTransformer setImageEncoder(String value) {
    return with(imageEncoder, value);
  }

  /** Returns the folder of the IP-Adapter's image encoder. */
  public String getImageEncoder() {
    return getOrDefault(imageEncoder);
  }

  /** Returns the param of that name. */
  public Param<String> imageEncoder() {
    return imageEncoder;
  }

  /** Sets the weight of the pictures of rows without {@code ip_adapter_scale}. */
  public GuidedImageTransformer setIpAdapterScale(double value) {
    return with(ipAdapterScale, value);
  }

  /** Returns the weight of the pictures of rows without {@code ip_adapter_scale}. */
  public double getIpAdapterScale() {
    return (Double) getOrDefault(ipAdapterScale);
  }

  /** Returns the param of that name. */
  public DoubleParam ipAdapterScale() {
    return ipAdapterScale;
  }

  /** Sets the LoRAs, each FILE or FILE:WEIGHT. */
  public GuidedImageTransformer setLoras(String[] value) {
    return with(loras, value);
  }

  /** Returns the LoRAs, each FILE or FILE:WEIGHT. */
  public String[] getLoras() {
    return getOrDefault(loras);
  }

  /** Returns the param of that name. */
  public StringArrayParam textualInversions() {
    return textualInversions;
  }

  /** Sets the textual inversions, each FILE.safetensors or FILE.safetensors:TOKEN. */
  public GuidedImageTransformer setTextualInversions(String[] value) {
    return with(textualInversions, value);
  }

  /** Returns the textual inversions, each FILE.safetensors or FILE.safetensors:TOKEN. */
  public String[] getTextualInversions() {
    return getOrDefault(textualInversions);
  }

  /** Returns the param of that name. */
  public DoubleParam eta() {
    return eta;
  }

  /** Sets the noise of DDIM steps, 0 to 1. */
  public GuidedImageTransformer setEta(double value) {
    return with(eta, value);
  }

  /** Returns the noise of DDIM steps, 0 to 1. */
  public double getEta() {
    return (Double) getOrDefault(eta);
  }

  /** Returns the param of that name. */
  public Param<String> scheduler() {
    return scheduler;
  }

  /** Sets the class name of the scheduler; unset: the model's own. */
  public GuidedImageTransformer setScheduler(String value) {
    return with(scheduler, value);
  }

  /** Returns the class name of the scheduler. */
  public String getScheduler() {
    return getOrDefault(scheduler);
  }

  /** Returns the param of that name. */
  public Param<String> predictionType() {
    return predictionType;
  }

  /** Sets what the UNet predicts: epsilon, v_prediction or sample; unset: as the model says. */
  public GuidedImageTransformer setPredictionType(String value) {
    return with(predictionType, value);
  }

  /** Returns what the UNet predicts. */
  public String getPredictionType() {
    return getOrDefault(predictionType);
  }

  /** Returns the param of that name. */
  public Param<String> attentionMaps() {
    return attentionMaps;
  }

  /** Sets whether the table has the column attention: drop or keep. */
  public GuidedImageTransformer setAttentionMaps(String value) {
    return with(attentionMaps, value);
  }

  /** Returns whether the table has the column attention. */
  public String getAttentionMaps() {
    return getOrDefault(attentionMaps);
  }

  /** Returns the param of that name. */
  public Param<String> batchShape() {
    return batchShape;
  }

  /** Sets whether rows may leave a batch: fixed or shrinking. */
  public GuidedImageTransformer setBatchShape(String value) {
    return with(batchShape, value);
  }

  /** Returns whether rows may leave a batch. */
  public String getBatchShape() {
    return getOrDefault(batchShape);
  }

  /** Returns the param of that name. */
  public Param<String> guidance() {
    return guidance;
  }

  /** Sets the method of guidance: paper, tflcg or none; unset: the one that suits the model. */
  public GuidedImageTransformer setGuidance(String value) {
    return with(guidance, value);
  }

  /** Returns the method of guidance. */
  public String getGuidance() {
    return getOrDefault(guidance);
  }

  /** Returns the param of that name. */
  public StringArrayParam guidanceOptions() {
    return guidanceOptions;
  }

  /** Sets options of the guidance, each KEY=VALUE, such as loss_scale=45; unset: none. */
  public GuidedImageTransformer setGuidanceOptions(String[] value) {
    return with(guidanceOptions, value);
  }

  /** Returns options of the guidance, each KEY=VALUE, such as loss_scale=45; unset: none. */
  public String[] getGuidanceOptions() {
    return getOrDefault(guidanceOptions);
  }

  /** Returns the param of that name. */
  public IntParam batchSize() {
    return batchSize;
  }

  /** Sets the number of images that are made together, 1 to 1024; 0: as many as suit the device. */
  public GuidedImageTransformer setBatchSize(int value) {
    return with(batchSize, value);
  }

  /** Returns the number of images that are made together, 1 to 1024. */
  public int getBatchSize() {
    return (Integer) getOrDefault(batchSize);
  }

  /** Returns the param of that name. */
  public IntParam batchTimeout() {
    return batchTimeout;
  }

  /** Sets the longest time of a batch in seconds; 0: no limit. */
  public GuidedImageTransformer setBatchTimeout(int value) {
    return with(batchTimeout, value);
  }

  /** Returns the longest time of a batch in seconds. */
  public int getBatchTimeout() {
    return (Integer) getOrDefault(batchTimeout);
  }

  /** Returns the param of that name. */
  public IntParam numImagesPerPrompt() {
    return numImagesPerPrompt;
  }

  /** Sets the number of images for each row, 1 to 10000. */
  public GuidedImageTransformer setNumImagesPerPrompt(int value) {
    return with(numImagesPerPrompt, value);
  }

  /** Returns the number of images for each row, 1 to 10000. */
  public int getNumImagesPerPrompt() {
    return (Integer) getOrDefault(numImagesPerPrompt);
  }

  /** Returns the param of that name. */
  public Param<String> seeding() {
    return seeding;
  }

  /**
   * Sets the generators of the noise of a row's images: {@code image}, one each with seeds that
   * count up, or {@code prompt}, one for all.
   */
  public GuidedImageTransformer setSeeding(String value) {
    return with(seeding, value);
  }

  /** Returns the generators of the noise of a row's images. */
  public String getSeeding() {
    return getOrDefault(seeding);
  }

  /** Returns the param of that name. */
  public Param<String> detector() {
    return detector;
  }

  /** Sets the detector that looks for the objects: a name, or a folder of OWL-ViT or OWLv2. */
  public GuidedImageTransformer setDetector(String value) {
    return with(detector, value);
  }

  /** Returns the detector that looks for the objects. */
  public String getDetector() {
    return getOrDefault(detector);
  }
}
