package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.attention.AttentionAverages;
import io.boxwright.diffusion.guidance.BatchShape;
import io.boxwright.diffusion.guidance.GuidanceTrace;
import io.boxwright.diffusion.guidance.LayoutGuidance;
import io.boxwright.diffusion.guidance.LayoutGuidanceConfig;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.models.UNet2DConditionModel;
import io.boxwright.diffusion.schedulers.Scheduler;
import java.util.Comparator;
import java.util.List;

/** Guides the latents before each step and averages the attention maps of each prediction. */
final class LayoutSteps implements StepGuidance, AutoCloseable {

  private final UNet2DConditionModel unet;
  private final LayoutGuidanceConfig config;
  private final BatchShape batchShape;
  private final List<List<LayoutObject>> layouts;
  private Scheduler scheduler;
  private LayoutGuidance layoutGuidance;
  private AttentionAverages averages;

  LayoutSteps(UNet2DConditionModel unet, LayoutGuidanceConfig config, GenerationInputs inputs) {
    this.unet = unet;
    this.config = config;
    this.batchShape = inputs.options().batchShape();
    this.layouts = inputs.requests().stream().map(GenerationRequest::objects).toList();
  }

  @Override
  public void start(NDArray latents, NDArray promptEmbeds, Scheduler runScheduler) {
    scheduler = runScheduler;
    layoutGuidance = new LayoutGuidance(unet, config, batchShape, layouts, promptEmbeds);
    averages = new AttentionAverages(unet, latents, scoredTokens());
  }

  /** All up to the last one of an object. */
  private int scoredTokens() {
    return 1
        + layouts.stream()
            .flatMap(List::stream)
            .flatMap(object -> object.tokenIndices().stream())
            .max(Comparator.naturalOrder())
            .orElse(0);
  }

  @Override
  public NDArray beforeStep(NDArray latents, int i) {
    return layoutGuidance.guide(latents, scheduler, i);
  }

  @Override
  public void beforePrediction() {
    if (scoresAttention()) {
      averages.beforePass();
    }
  }

  /** A batch of plain Stable Diffusion has nothing to score. */
  private boolean scoresAttention() {
    return layouts.stream().anyMatch(objects -> !objects.isEmpty());
  }

  /** What the guidance did, one entry a row. */
  List<GuidanceTrace> traces() {
    return layoutGuidance.traces();
  }

  /** The averaged attention maps of each row. */
  List<AttentionAverages.RowMaps> maps() {
    return averages.rows();
  }

  @Override
  public void close() {
    if (layoutGuidance != null) {
      layoutGuidance.close();
    }
    if (averages != null) {
      averages.close();
    }
  }
}
