package io.boxwright.diffusion.guidance;

import io.boxwright.diffusion.layout.CellRounding;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.layout.SmallBoxes;
import java.util.List;

/**
 * Backward guidance of "Training-Free Layout Control with Cross-Attention Guidance" (Chen, Laina
 * and Vedaldi, 2023, section 3.2): how hard and how long a row's attention is pushed into its
 * boxes.
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

  /** Which heads of an attention the loss is averaged over. */
  public enum Heads {
    /** All of them. */
    ALL,
    /** The second half, as {@code tflcg}'s {@code chunk(2)[1]} of a conditional-only pass does. */
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

  /** The authors' implementation, and the default. */
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

  /** The {@code tflcg} diffusers pipeline, slips included, for comparison with it. */
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

  /** No guidance: plain Stable Diffusion, scored all the same. */
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
          "Invalid option: guidance tflcg reads the second half of the attention heads, and the"
              + " UNet has layers with one head (attention_head_dim); use --guidance paper");
    }
  }

  @Override
  public void checkLayout(List<LayoutObject> layout) {
    for (LayoutObject object : layout) {
      if (object.boxes().size() > boxesPerObject) {
        throw new IllegalArgumentException(
            "Invalid boxes: tokens %s have %d boxes, this guidance takes %d an object"
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
