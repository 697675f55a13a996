package io.boxwright.pipelines;

import ai.djl.ndarray.NDArray;
import io.boxwright.guidance.AttentionAverages;
import io.boxwright.guidance.BatchShape;
import io.boxwright.guidance.GuidanceTrace;
import io.boxwright.guidance.LayoutGuidance;
import io.boxwright.guidance.LayoutGuidanceConfig;
import io.boxwright.layout.LayoutObject;
import io.boxwright.models.UNet2DConditionModel;
import io.boxwright.schedulers.Scheduler;
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
    averages = new AttentionAverages(unet, latents);
  }

  @Override
  public NDArray beforeStep(NDArray latents, int i) {
    return layoutGuidance.guide(latents, scheduler, i);
  }

  @Override
  public void beforePrediction() {
    if (storesAttention()) {
      averages.beforePass();
    }
  }

  @Override
  public void afterPrediction() {
    if (storesAttention()) {
      averages.afterPass();
    }
  }

  /**
   * A batch of plain Stable Diffusion has nothing to score, so it need not store anything; but
   * attention that is stored is computed by other kernels, so a fixed shape does not depend on it.
   */
  private boolean storesAttention() {
    return batchShape == BatchShape.FIXED
        || layouts.stream().anyMatch(objects -> !objects.isEmpty());
  }

  /** What the guidance did, one entry a row. */
  List<GuidanceTrace> traces() {
    return layoutGuidance.traces();
  }

  /** The averaged attention maps of a row. */
  AttentionAverages.RowMaps maps(int row) {
    return averages.row(row);
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
