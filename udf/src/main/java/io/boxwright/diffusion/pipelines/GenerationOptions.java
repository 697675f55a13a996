package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.guidance.BatchShape;
import io.boxwright.diffusion.schedulers.Scheduler;
import io.boxwright.diffusion.schedulers.SchedulerConfig;
import io.boxwright.diffusion.schedulers.Schedulers;
import io.boxwright.text.Printable;
import java.io.Serializable;
import java.util.Objects;

/**
 * What all requests of a batch share. Names and defaults are those of diffusers' {@code
 * StableDiffusionPipeline.__call__}.
 *
 * @param height of the image in pixels; 0 means the model's own
 * @param width of the image in pixels; 0 means the model's own
 * @param numInferenceSteps denoising steps, at least 1
 * @param guidanceScale weight of the prompt (classifier-free guidance); 1 or less switches it off
 * @param eta noise of DDIM steps, 0..1; other schedulers ignore it
 * @param scheduler class name of the scheduler, such as {@code EulerDiscreteScheduler}, made as by
 *     {@code from_config(pipe.scheduler.config)} in diffusers; null means the folder's own
 * @param attentionMaps whether the images come with the attention maps they were scored by
 * @param batchShape whether an image may depend, in its last digits, on the others of its batch
 */
public record GenerationOptions(
    int height,
    int width,
    int numInferenceSteps,
    double guidanceScale,
    double eta,
    String scheduler,
    AttentionMaps attentionMaps,
    BatchShape batchShape)
    implements Serializable {

  /** Of a side; far more than memory is enough for. */
  private static final int MOST_PIXELS = 16_384;

  private static final String SIZES = "between 1 and " + MOST_PIXELS;

  /** Whether attention maps are returned. */
  public enum AttentionMaps {
    /** No. */
    DROP,
    /** One map for each object and layer. */
    KEEP
  }

  /** Checks the ranges; what depends on the model is checked when it is known. */
  public GenerationOptions {
    require(height >= 0 && height <= MOST_PIXELS, "height", height, SIZES);
    require(width >= 0 && width <= MOST_PIXELS, "width", width, SIZES);
    require(numInferenceSteps >= 1, "num_inference_steps", numInferenceSteps, "at least 1");
    require(Double.isFinite(guidanceScale), "guidance_scale", guidanceScale, "a number");
    require(eta >= 0 && eta <= 1, "eta", eta, "between 0 and 1");
  }

  /** diffusers' defaults. */
  public static GenerationOptions defaults() {
    return new GenerationOptions(0, 0, 50, 7.5, 0, null, AttentionMaps.DROP, BatchShape.FIXED);
  }

  /** Whether the UNet is asked with the negative prompt, too. */
  public boolean classifierFree() {
    return guidanceScale > 1;
  }

  /** The same at another size in pixels. */
  public GenerationOptions withSize(int newHeight, int newWidth) {
    return new GenerationOptions(
        newHeight,
        newWidth,
        numInferenceSteps,
        guidanceScale,
        eta,
        scheduler,
        attentionMaps,
        batchShape);
  }

  /** The same with another number of steps. */
  public GenerationOptions withNumInferenceSteps(int value) {
    return new GenerationOptions(
        height, width, value, guidanceScale, eta, scheduler, attentionMaps, batchShape);
  }

  /** The same with another guidance scale. */
  public GenerationOptions withGuidanceScale(double value) {
    return new GenerationOptions(
        height, width, numInferenceSteps, value, eta, scheduler, attentionMaps, batchShape);
  }

  /** The same with another eta. */
  public GenerationOptions withEta(double value) {
    return new GenerationOptions(
        height,
        width,
        numInferenceSteps,
        guidanceScale,
        value,
        scheduler,
        attentionMaps,
        batchShape);
  }

  /** The same with another scheduler. */
  public GenerationOptions withScheduler(String className) {
    return new GenerationOptions(
        height, width, numInferenceSteps, guidanceScale, eta, className, attentionMaps, batchShape);
  }

  /** The same with or without attention maps. */
  public GenerationOptions withAttentionMaps(AttentionMaps value) {
    return new GenerationOptions(
        height, width, numInferenceSteps, guidanceScale, eta, scheduler, value, batchShape);
  }

  /** The same with another batch shape. */
  public GenerationOptions withBatchShape(BatchShape value) {
    return new GenerationOptions(
        height, width, numInferenceSteps, guidanceScale, eta, scheduler, attentionMaps, value);
  }

  /**
   * Checks the size against a model.
   *
   * @param factor the pixels that one latent stands for in each direction
   * @throws IllegalArgumentException naming the option that is no multiple of it
   */
  void requireSizeMultipleOf(int factor) {
    require(height % factor == 0, "height", height, "a multiple of " + factor);
    require(width % factor == 0, "width", width, "a multiple of " + factor);
  }

  /**
   * The scheduler of a run, with its timesteps set.
   *
   * @param config of the folder
   * @return a scheduler that the caller closes
   * @throws IllegalArgumentException naming the scheduler, configuration value or number of steps
   *     that cannot be
   */
  Scheduler createScheduler(SchedulerConfig config) {
    Scheduler created = Schedulers.create(schedulerName(config), corrected(config), eta);
    created.setTimesteps(numInferenceSteps);
    return created;
  }

  /**
   * Checks that {@link #createScheduler} can make a scheduler, without making it.
   *
   * @param config of the folder
   * @throws IllegalArgumentException naming the scheduler, configuration value or number of steps
   *     that cannot be
   */
  void checkScheduler(SchedulerConfig config) {
    if (scheduler == null && !Schedulers.names().contains(config.className())) {
      throw new IllegalArgumentException(
          "The scheduler of the model, %s, is not supported; give another one, such as --scheduler EulerDiscreteScheduler (there are %s)"
              .formatted(
                  Printable.value(config.className()), String.join(", ", Schedulers.names())));
    }
    Schedulers.check(schedulerName(config), corrected(config), numInferenceSteps);
  }

  private String schedulerName(SchedulerConfig config) {
    return scheduler == null ? config.className() : scheduler;
  }

  /** Of the folder's own scheduler, or of one that takes its place. */
  private SchedulerConfig corrected(SchedulerConfig config) {
    boolean own = Objects.equals(schedulerName(config), config.className());
    return own ? config.forStableDiffusion() : config.forSwap();
  }

  private static void require(boolean valid, String name, Number value, String wanted) {
    if (!valid) {
      throw new IllegalArgumentException(
          "Invalid option: %s is %s, it must be %s".formatted(name, value, wanted));
    }
  }
}
