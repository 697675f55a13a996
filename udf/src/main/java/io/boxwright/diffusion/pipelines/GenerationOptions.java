package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.guidance.BatchShape;
import io.boxwright.diffusion.schedulers.InferenceSteps;
import io.boxwright.text.Printable;
import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;

/**
 * The options that all requests of a batch share. Names and defaults are those of diffusers' {@code
 * StableDiffusionPipeline.__call__}.
 *
 * @param height the height of the image in pixels, 0..16384; 0 means the model's own
 * @param width the width of the image in pixels, 0..16384; 0 means the model's own
 * @param numInferenceSteps the number of denoising steps, at least 1; not used with timesteps or
 *     sigmas
 * @param timesteps the timesteps of the denoising steps, from the highest down, for schedulers that
 *     take them; null for steps that the scheduler spaces
 * @param sigmas the deviations of the noise before the denoising steps and after the last, for
 *     schedulers that take them; null for steps that the scheduler spaces
 * @param guidanceScale the weight of the prompt (classifier-free guidance); 1 or less switches this
 *     guidance off
 * @param guidanceRescale how far the guided prediction gets the standard deviation of that of the
 *     prompt, 0..1; 0 for not at all ("Common Diffusion Noise Schedules and Sample Steps are
 *     Flawed", section 3.4)
 * @param cutoffStepRatio the share of the steps after which classifier-free guidance ends, 0..1; 1
 *     for never. Named after diffusers' {@code SDCFGCutoffCallback}
 * @param cacheInterval the interval between steps that run the whole UNet, at least 1; those
 *     between take the features of most layers from the last whole one (DeepCache); 1 for none.
 *     Named after the argument of {@code DeepCacheSDHelper.set_params}
 * @param clipSkip the number of last layers of the text encoder that are skipped for prompts, at
 *     least 0; negative prompts go through all layers
 * @param eta the noise of DDIM and TCD steps, 0..1; other schedulers ignore it
 * @param scheduler the class name of the scheduler, such as {@code EulerDiscreteScheduler}. It is
 *     made like {@code from_config(pipe.scheduler.config)} in diffusers; null means the folder's
 *     own
 * @param predictionType what the UNet predicts: {@code epsilon}, {@code v_prediction} or {@code
 *     sample}, as {@code from_config(config, prediction_type=...)} sets it in diffusers; null means
 *     what the folder's scheduler says
 * @param attentionMaps the choice to return or drop the attention maps that the scores come from
 * @param batchShape the rule for whether the last digits of an image may depend on the others of
 *     its batch
 */
public record GenerationOptions(
    int height,
    int width,
    int numInferenceSteps,
    List<Integer> timesteps,
    List<Double> sigmas,
    double guidanceScale,
    double guidanceRescale,
    double cutoffStepRatio,
    int cacheInterval,
    int clipSkip,
    double eta,
    String scheduler,
    String predictionType,
    AttentionMaps attentionMaps,
    BatchShape batchShape)
    implements Serializable {

  /** The longest side. Memory sets a much lower limit. */
  private static final int MOST_PIXELS = 16_384;

  private static final List<String> PREDICTION_TYPES = List.of("epsilon", "v_prediction", "sample");

  private static final String SIZES = "between 1 and " + MOST_PIXELS;

  /** The choice to return or drop attention maps. */
  public enum AttentionMaps {
    /** Drops all maps. */
    DROP,
    /** Returns one map for each object and layer. */
    KEEP
  }

  /**
   * Checks the ranges. Checks that need the model come when it is known.
   *
   * @throws IllegalArgumentException naming the option
   */
  public GenerationOptions {
    require(height >= 0 && height <= MOST_PIXELS, "height", height, SIZES);
    require(width >= 0 && width <= MOST_PIXELS, "width", width, SIZES);
    require(numInferenceSteps >= 1, "num_inference_steps", numInferenceSteps, "at least 1");
    timesteps = timesteps == null ? null : List.copyOf(timesteps);
    sigmas = sigmas == null ? null : List.copyOf(sigmas);
    checkSteps(numInferenceSteps, timesteps, sigmas);
    require(Double.isFinite(guidanceScale), "guidance_scale", guidanceScale, "a number");
    require(
        guidanceRescale >= 0 && guidanceRescale <= 1,
        "guidance_rescale",
        guidanceRescale,
        "between 0 and 1");
    require(
        cutoffStepRatio >= 0 && cutoffStepRatio <= 1,
        "cutoff_step_ratio",
        cutoffStepRatio,
        "between 0 and 1");
    require(cacheInterval >= 1, "cache_interval", cacheInterval, "at least 1");
    require(clipSkip >= 0, "clip_skip", clipSkip, "at least 0");
    require(eta >= 0 && eta <= 1, "eta", eta, "between 0 and 1");
    require(
        predictionType == null || PREDICTION_TYPES.contains(predictionType),
        "prediction_type",
        Printable.name(String.valueOf(predictionType)),
        "one of " + String.join(", ", PREDICTION_TYPES));
  }

  /** Returns diffusers' defaults. */
  public static GenerationOptions defaults() {
    return new GenerationOptions(
        0, 0, 50, null, null, 7.5, 0, 1, 1, 0, 0, null, null, AttentionMaps.DROP, BatchShape.FIXED);
  }

  /** Returns the denoising steps: the given timesteps or sigmas, or the number of steps. */
  public InferenceSteps inferenceSteps() {
    return InferenceSteps.of(numInferenceSteps, timesteps, sigmas);
  }

  /** Returns whether the UNet also predicts noise for the negative prompt. */
  public boolean classifierFree() {
    return guidanceScale > 1;
  }

  /**
   * Returns whether the UNet also predicts noise for the negative prompt in a step.
   *
   * @param step the step, from 0
   * @param steps the number of timesteps of the scheduler
   */
  boolean classifierFree(int step, int steps) {
    return classifierFree() && step <= (int) (steps * cutoffStepRatio);
  }

  /** A copy of options while one of them changes. */
  private static final class Draft {
    private int height;
    private int width;
    private int numInferenceSteps;
    private List<Integer> timesteps;
    private List<Double> sigmas;
    private double guidanceScale;
    private double guidanceRescale;
    private double cutoffStepRatio;
    private int cacheInterval;
    private int clipSkip;
    private double eta;
    private String scheduler;
    private String predictionType;
    private AttentionMaps attentionMaps;
    private BatchShape batchShape;

    Draft(GenerationOptions options) {
      height = options.height;
      width = options.width;
      numInferenceSteps = options.numInferenceSteps;
      timesteps = options.timesteps;
      sigmas = options.sigmas;
      guidanceScale = options.guidanceScale;
      guidanceRescale = options.guidanceRescale;
      cutoffStepRatio = options.cutoffStepRatio;
      cacheInterval = options.cacheInterval;
      clipSkip = options.clipSkip;
      eta = options.eta;
      scheduler = options.scheduler;
      predictionType = options.predictionType;
      attentionMaps = options.attentionMaps;
      batchShape = options.batchShape;
    }

    GenerationOptions toOptions() {
      return new GenerationOptions(
          height,
          width,
          numInferenceSteps,
          timesteps,
          sigmas,
          guidanceScale,
          guidanceRescale,
          cutoffStepRatio,
          cacheInterval,
          clipSkip,
          eta,
          scheduler,
          predictionType,
          attentionMaps,
          batchShape);
    }
  }

  private GenerationOptions change(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.toOptions();
  }

  /** Returns the same options with another size in pixels. */
  public GenerationOptions withSize(int newHeight, int newWidth) {
    return change(
        draft -> {
          draft.height = newHeight;
          draft.width = newWidth;
        });
  }

  /** Returns the same options with another number of steps. */
  public GenerationOptions withNumInferenceSteps(int value) {
    return change(draft -> draft.numInferenceSteps = value);
  }

  /**
   * Returns the same options with timesteps for the denoising steps, from the highest down; null
   * for steps that the scheduler spaces.
   */
  public GenerationOptions withTimesteps(List<Integer> value) {
    return change(draft -> draft.timesteps = value);
  }

  /**
   * Returns the same options with deviations of the noise before the denoising steps and after the
   * last; null for steps that the scheduler spaces.
   */
  public GenerationOptions withSigmas(List<Double> value) {
    return change(draft -> draft.sigmas = value);
  }

  /** Returns the same options with another guidance scale. */
  public GenerationOptions withGuidanceScale(double value) {
    return change(draft -> draft.guidanceScale = value);
  }

  /** Returns the same options with another guidance rescale. */
  public GenerationOptions withGuidanceRescale(double value) {
    return change(draft -> draft.guidanceRescale = value);
  }

  /** Returns the same options with another end of classifier-free guidance. */
  public GenerationOptions withCutoffStepRatio(double value) {
    return change(draft -> draft.cutoffStepRatio = value);
  }

  /** Returns the same options with another interval between steps that run the whole UNet. */
  public GenerationOptions withCacheInterval(int value) {
    return change(draft -> draft.cacheInterval = value);
  }

  /** Returns the same options with another number of skipped layers. */
  public GenerationOptions withClipSkip(int value) {
    return change(draft -> draft.clipSkip = value);
  }

  /** Returns the same options with another eta. */
  public GenerationOptions withEta(double value) {
    return change(draft -> draft.eta = value);
  }

  /** Returns the same options with another scheduler. */
  public GenerationOptions withScheduler(String className) {
    return change(draft -> draft.scheduler = className);
  }

  /** Returns the same options with another prediction type. */
  public GenerationOptions withPredictionType(String value) {
    return change(draft -> draft.predictionType = value);
  }

  /** Returns the same options with or without attention maps. */
  public GenerationOptions withAttentionMaps(AttentionMaps value) {
    return change(draft -> draft.attentionMaps = value);
  }

  /** Returns the same options with another batch shape. */
  public GenerationOptions withBatchShape(BatchShape value) {
    return change(draft -> draft.batchShape = value);
  }

  /**
   * Checks the size against a model.
   *
   * @param factor the number of pixels for each latent in each direction
   * @throws IllegalArgumentException naming the option that is not a multiple of the factor
   */
  void requireSizeMultipleOf(int factor) {
    require(height % factor == 0, "height", height, "a multiple of " + factor);
    require(width % factor == 0, "width", width, "a multiple of " + factor);
  }

  /**
   * Checks the skipped layers against a text encoder.
   *
   * @param layers the number of its layers
   * @throws IllegalArgumentException naming the option
   */
  void requireLayers(int layers) {
    require(
        clipSkip <= layers,
        "clip_skip",
        clipSkip,
        "at most %d, the number of the text encoder's layers".formatted(layers));
  }

  private static void checkSteps(int number, List<Integer> timesteps, List<Double> sigmas) {
    try {
      InferenceSteps.of(number, timesteps, sigmas);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("Invalid option: " + e.getMessage(), e);
    }
  }

  private static void require(boolean valid, String name, Object value, String wanted) {
    if (!valid) {
      throw new IllegalArgumentException(
          "Invalid option: %s is %s, it must be %s".formatted(name, value, wanted));
    }
  }
}
