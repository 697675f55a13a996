package io.boxwright.diffusion.guidance;

import io.boxwright.diffusion.layout.CellRounding;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.layout.SmallBoxes;
import java.util.List;

/**
 * Backward guidance of "Training-Free Layout Control with Cross-Attention Guidance" (Chen, Laina
 * and Vedaldi, 2023, section 3.2). Its options say how hard and how long a row's attention is
 * pushed into its boxes.
 *
 * <p>Two published implementations differ; {@link #paper} follows that of the authors ({@code
 * silent-chen/layout-guidance}), and {@link #tflcg} follows the diffusers pipeline of that name.
 *
 * @param lossScale the factor that the loss is multiplied by before its gradient is taken, greater
 *     than 0
 * @param lossThreshold the loss at which a row is no longer guided, at least 0
 * @param maxGuidanceSteps the number of first denoising steps that are guided; 0 guides none
 * @param maxIterationsPerStep the largest number of updates of the latents in a guided step, 1 to
 *     1000
 * @param heads the attention heads that the loss reads
 * @param rounding the way a box's edges become cells of a map
 * @param smallBoxes the treatment of a box that covers no cell of a map
 * @param stopRule the rule for a loss equal to the threshold
 * @param boxesPerObject the largest number of boxes of an object, at least 1
 */
public record BackwardGuidance(
    double lossScale,
    double lossThreshold,
    int maxGuidanceSteps,
    int maxIterationsPerStep,
    Heads heads,
    CellRounding rounding,
    SmallBoxes smallBoxes,
    StopRule stopRule,
    int boxesPerObject)
    implements Guidance {

  private static final int MOST_ITERATIONS = 1000;

  /** The heads of an attention that the loss is averaged over. */
  public enum Heads {
    /** All heads. */
    ALL,
    /**
     * The second half, which {@code tflcg} takes with {@code chunk(2)[1]} of a conditional-only
     * pass.
     */
    SECOND_HALF
  }

  /** Checks the ranges. */
  public BackwardGuidance {
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

  /** Returns the guidance of the authors' implementation, which is the default. */
  public static BackwardGuidance paper() {
    return new BackwardGuidance(
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

  /**
   * Returns the guidance of the {@code tflcg} diffusers pipeline, bugs included, for comparison.
   */
  public static BackwardGuidance tflcg() {
    return new BackwardGuidance(
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
   * Returns guidance that does nothing: images are those of plain Stable Diffusion, scored all the
   * same.
   */
  public static Guidance none() {
    return paper().with("max_guidance_steps", 0);
  }

  @Override
  public String method() {
    return "backward";
  }

  @Override
  public void checkModel(List<Integer> attentionHeads) {
    if (heads == Heads.SECOND_HALF && attentionHeads.contains(1)) {
      throw new IllegalArgumentException(
          "Invalid option: heads is second_half, as in guidance tflcg, but the UNet has layers with"
              + " one head (attention_head_dim); use --guidance paper");
    }
  }

  @Override
  public void checkLayout(List<LayoutObject> layout) {
    for (LayoutObject object : layout) {
      if (object.boxes().size() > boxesPerObject) {
        throw new IllegalArgumentException(
            "Invalid boxes: tokens %s have %d boxes, but this guidance takes %d per object"
                .formatted(object.tokenIndices(), object.boxes().size(), boxesPerObject));
      }
    }
  }

  @Override
  public GuidanceRun start(GuidanceContext context) {
    return new BackwardGuidanceRun(loss(), plan(), context);
  }

  AttentionLoss loss() {
    return new LayoutLoss(heads, rounding, smallBoxes);
  }

  GuidancePlan plan() {
    return new GuidancePlan(
        lossScale, lossThreshold, maxGuidanceSteps, maxIterationsPerStep, stopRule);
  }

  private static void require(boolean valid, String name, Number value, String wanted) {
    if (!valid) {
      throw new IllegalArgumentException(
          "Invalid guidance: %s is %s, it must be %s".formatted(name, value, wanted));
    }
  }
}
