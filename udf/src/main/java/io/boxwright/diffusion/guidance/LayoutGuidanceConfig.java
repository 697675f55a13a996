package io.boxwright.diffusion.guidance;

import io.boxwright.diffusion.layout.CellRounding;
import io.boxwright.diffusion.layout.SmallBoxes;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.loading.RegularFile;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * How hard and how long a row's attention is pushed into its boxes ("Training-Free Layout Control
 * with Cross-Attention Guidance", Chen, Laina and Vedaldi, 2023, section 3.2, backward guidance).
 *
 * <p>Two published implementations differ; {@link #paper} follows the authors' ({@code
 * silent-chen/layout-guidance}), {@link #tflcg} the diffusers pipeline of that name.
 *
 * @param lossScale what the loss is multiplied by before its gradient is taken, greater than 0
 * @param lossThreshold a row whose loss has come down to this is not guided any more, at least 0
 * @param maxGuidanceSteps how many of the first denoising steps are guided; 0 guides none
 * @param maxIterationsPerStep how many updates of the latents a guided step makes at most, 1 to
 *     1000
 * @param heads which attention heads the loss reads
 * @param rounding how a box's edges become cells of a map
 * @param smallBoxes what happens to a box that covers no cell of a map
 * @param stopRule whether a loss equal to the threshold stops the guidance
 * @param boxesPerObject how many boxes an object may have
 */
public record LayoutGuidanceConfig(
    double lossScale,
    double lossThreshold,
    int maxGuidanceSteps,
    int maxIterationsPerStep,
    Heads heads,
    CellRounding rounding,
    SmallBoxes smallBoxes,
    StopRule stopRule,
    int boxesPerObject)
    implements Serializable {

  private static final String FILE_NAME = "layout_guidance.json";
  private static final int MOST_ITERATIONS = 1000;

  /** Which heads of an attention the loss is averaged over. */
  public enum Heads {
    /** All of them. */
    ALL,
    /** The second half, as {@code tflcg}'s {@code chunk(2)[1]} of a conditional-only pass does. */
    SECOND_HALF
  }

  /** When a row is finished. */
  public enum StopRule {
    /** At a loss less than or equal to the threshold. */
    AT_THRESHOLD,
    /** At a loss less than the threshold. */
    BELOW_THRESHOLD
  }

  /** Checks the ranges. */
  public LayoutGuidanceConfig {
    require(lossScale > 0 && Double.isFinite(lossScale), "loss_scale", lossScale, "greater than 0");
    require(
        lossThreshold >= 0 && Double.isFinite(lossThreshold),
        "loss_threshold",
        lossThreshold,
        "at least 0");
    require(maxGuidanceSteps >= 0, "max_guidance_steps", maxGuidanceSteps, "at least 0");
    require(
        maxIterationsPerStep >= 1 && maxIterationsPerStep <= MOST_ITERATIONS,
        "max_iterations_per_step",
        maxIterationsPerStep,
        "from 1 to " + MOST_ITERATIONS);
    require(boxesPerObject >= 1, "boxes_per_object", boxesPerObject, "at least 1");
  }

  /** The authors' implementation, and the default. */
  public static LayoutGuidanceConfig paper() {
    return new LayoutGuidanceConfig(
        30,
        0.2,
        10,
        5,
        Heads.ALL,
        CellRounding.TRUNCATE,
        SmallBoxes.SNAP_TO_CELL,
        StopRule.AT_THRESHOLD,
        Integer.MAX_VALUE);
  }

  /** The {@code tflcg} diffusers pipeline, slips included, for comparison with it. */
  public static LayoutGuidanceConfig tflcg() {
    return new LayoutGuidanceConfig(
        50,
        0.2,
        10,
        5,
        Heads.SECOND_HALF,
        CellRounding.HALF_EVEN,
        SmallBoxes.LEAVE_EMPTY,
        StopRule.BELOW_THRESHOLD,
        1);
  }

  /**
   * What suits a model: its folder's {@code layout_guidance.json}, whose keys are the names of this
   * record's components in snake case ({@code loss_scale}) and change {@link #paper}. A folder
   * without that file has {@link #paper} itself.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the file, and the key or
   *     value that is wrong
   */
  public static LayoutGuidanceConfig fromPretrained(Path folder) {
    Path file = folder.resolve(FILE_NAME);
    return RegularFile.isListed(file) ? JsonConfig.readOver(file, paper()) : paper();
  }

  /** No guidance: plain Stable Diffusion, scored all the same. */
  public static LayoutGuidanceConfig none() {
    return paper().withMaxGuidanceSteps(0);
  }

  /** Whether a row with this loss is finished. */
  public boolean finished(double loss) {
    return stopRule == StopRule.AT_THRESHOLD ? loss <= lossThreshold : loss < lossThreshold;
  }

  /** The same with another {@code lossScale}. */
  public LayoutGuidanceConfig withLossScale(double value) {
    return new LayoutGuidanceConfig(
        value,
        lossThreshold,
        maxGuidanceSteps,
        maxIterationsPerStep,
        heads,
        rounding,
        smallBoxes,
        stopRule,
        boxesPerObject);
  }

  /** The same with another {@code lossThreshold}. */
  public LayoutGuidanceConfig withLossThreshold(double value) {
    return new LayoutGuidanceConfig(
        lossScale,
        value,
        maxGuidanceSteps,
        maxIterationsPerStep,
        heads,
        rounding,
        smallBoxes,
        stopRule,
        boxesPerObject);
  }

  /** The same with another {@code maxGuidanceSteps}. */
  public LayoutGuidanceConfig withMaxGuidanceSteps(int value) {
    return new LayoutGuidanceConfig(
        lossScale,
        lossThreshold,
        value,
        maxIterationsPerStep,
        heads,
        rounding,
        smallBoxes,
        stopRule,
        boxesPerObject);
  }

  /** The same with another {@code maxIterationsPerStep}. */
  public LayoutGuidanceConfig withMaxIterationsPerStep(int value) {
    return new LayoutGuidanceConfig(
        lossScale,
        lossThreshold,
        maxGuidanceSteps,
        value,
        heads,
        rounding,
        smallBoxes,
        stopRule,
        boxesPerObject);
  }

  /** The same with another {@code rounding}. */
  public LayoutGuidanceConfig withRounding(CellRounding value) {
    return new LayoutGuidanceConfig(
        lossScale,
        lossThreshold,
        maxGuidanceSteps,
        maxIterationsPerStep,
        heads,
        value,
        smallBoxes,
        stopRule,
        boxesPerObject);
  }

  private static void require(boolean valid, String name, Number value, String wanted) {
    if (!valid) {
      throw new IllegalArgumentException(
          "Invalid guidance: %s is %s, it must be %s".formatted(name, value, wanted));
    }
  }
}
