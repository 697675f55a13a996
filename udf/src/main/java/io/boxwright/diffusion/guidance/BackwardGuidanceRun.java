package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.attention.AttentionLayers;
import io.boxwright.diffusion.attention.AttentionStore;
import io.boxwright.diffusion.attention.LayoutGuidanceAttnProcessor;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.models.Conditioning;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.schedulers.Scheduler;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.GradientTape;
import io.boxwright.torch.TorchKernels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The loop of {@link BackwardGuidance}, for a batch of rows with different layouts: before a
 * denoising step, latents are moved along the gradient of an {@link AttentionLoss}, as often and as
 * far as the {@link GuidancePlan} says.
 *
 * <p>Rows do not influence one another: the loss is a vector, and the gradient of its sum holds
 * each row's own. A row whose loss has come down to the threshold is moved no more, in later steps
 * neither, because its loss carries over. {@link BatchShape} says whether it leaves the passes.
 *
 * <p>The denoiser's attention processors are the run's own during a guided pass and what they were
 * afterwards.
 */
final class BackwardGuidanceRun implements GuidanceRun {

  private final AttentionLoss loss;
  private final GuidancePlan plan;
  private final Denoiser denoiser;
  private final Scheduler scheduler;
  private final BatchShape batchShape;
  private final List<List<LayoutObject>> layouts;
  private final Conditioning conditioning;
  private final List<String> lossLayers;
  private final NDManager manager;
  private final AttentionStore store = new AttentionStore();
  private final Map<String, AttentionProcessor> guidedPassProcessors;
  private final GuidanceState state;
  private GuidedRows guidedRows; // of the last pass

  /** Starts a run; nothing is computed yet. */
  BackwardGuidanceRun(AttentionLoss loss, GuidancePlan plan, GuidanceContext context) {
    this.loss = loss;
    this.plan = plan;
    this.denoiser = context.denoiser();
    this.scheduler = context.scheduler();
    this.batchShape = context.batchShape();
    this.layouts = context.layouts();
    this.conditioning = context.conditioning();
    this.lossLayers = loss.layers(AttentionLayers.of(denoiser.attnProcessors().keySet()));
    this.manager = conditioning.promptEmbeds().getManager().newSubManager();
    this.state = new GuidanceState(manager, plan, layouts);
    this.guidedPassProcessors = guidedPassProcessors(denoiser.attnProcessors());
  }

  @Override
  public NDArray beforeStep(NDArray latents, int i) {
    NDArray guided = latents;
    int[] unfinished = {};
    for (int iteration = 0; iteration < plan.iterations(i); iteration++) {
      if (iteration == 0 || !isAskedOnceAStep(latents)) {
        unfinished = state.unfinishedRows();
      }
      if (unfinished.length == 0) {
        break;
      }
      guided = update(guided, passRows(unfinished, latents), i);
    }
    return guided;
  }

  /**
   * Whether the device tells only before the first pass of a step which rows are finished. A GPU
   * has nothing to do from then until the next pass is launched, and passes of finished rows move
   * nothing.
   */
  private boolean isAskedOnceAStep(NDArray latents) {
    return batchShape == BatchShape.FIXED && latents.getDevice().isGpu();
  }

  /** The rows of a pass that moves {@code unfinished} ones. */
  private GuidedRows passRows(int[] unfinished, NDArray latents) {
    int[] rows = batchShape.passRows(unfinished, layouts.size(), latents.getDevice());
    if (guidedRows == null || !guidedRows.are(rows)) {
      closeGuidedRows();
      guidedRows =
          new GuidedRows(
              manager, loss, layouts, conditioning, rows, denoiser.mapSizes(latents.getShape()));
    }
    return guidedRows;
  }

  private void closeGuidedRows() {
    if (guidedRows != null) {
      guidedRows.close();
    }
  }

  /** One update of unfinished rows: {@code x <- x - d(loss_scale * loss)/dx * variance}. */
  private NDArray update(NDArray latents, GuidedRows rows, int i) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray unfinished = state.unfinished(rows.indices()); // (R)
      NDArray x = TorchKernels.selectRows(latents, rows.indices()); // (R, C, h, w)
      Pass pass = pass(x, rows, i);
      NDArray moved =
          TorchKernels.weightedSum(
              1, x, -scheduler.guidanceVariance(i), pass.gradient()); // (R, C, h, w)
      NDArray guided = TorchKernels.chooseRows(unfinished, moved, x); // (R, C, h, w)
      state.update(rows.indices(), unfinished, pass.losses());
      return scope.keep(TorchKernels.replaceRows(latents, rows.indices(), guided)); // (B, C, h, w)
    }
  }

  /**
   * What comes out of a guided pass of R rows.
   *
   * @param losses (R)
   * @param gradient of their sum, (R, C, h, w)
   */
  private record Pass(NDArray losses, NDArray gradient) {}

  private Pass pass(NDArray x, GuidedRows rows, int i) {
    try (ArrayScope scope = new ArrayScope();
        GradMode ignored = GradMode.enabled();
        GradientTape tape = new GradientTape()) {
      x.setRequiresGradient(true);

      // 1. A conditional-only forward pass stores the attention that the loss reads.
      attend(scheduler.scaleModelInput(x, i), scheduler.timesteps()[i], rows.conditioning());

      // 2. The loss of each row.
      NDArray losses = rows.loss().compute(lossLayers.stream().map(store::map).toList()); // (R)

      // 3. The gradient of the sum is each row's own gradient.
      tape.backward(TorchKernels.scale(plan.lossScale(), losses.sum()));
      return new Pass(
          scope.keep(losses.stopGradient()), scope.keep(x.getGradient().stopGradient()));
    } finally {
      store.reset();
    }
  }

  private void attend(NDArray modelInput, double timestep, Conditioning ofRows) {
    Map<String, AttentionProcessor> processors = denoiser.attnProcessors();
    denoiser.setAttnProcessor(guidedPassProcessors);
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      denoiser.predict(modelInput, timestep, ofRows);
      throw new IllegalStateException("The denoiser never reached " + lastLossLayer());
    } catch (GuidedPassEnd.Reached end) {
      // All that the loss reads is stored; nothing after it reaches the loss.
    } finally {
      denoiser.setAttnProcessor(processors);
    }
  }

  private Map<String, AttentionProcessor> guidedPassProcessors(
      Map<String, AttentionProcessor> others) {
    Map<String, AttentionProcessor> processors = new HashMap<>(others);
    AttentionProcessor storing = new LayoutGuidanceAttnProcessor(store);
    lossLayers.forEach(path -> processors.put(path + ".processor", storing));
    processors.put(lastLossLayer() + ".processor", new GuidedPassEnd(store));
    return processors;
  }

  private String lastLossLayer() {
    return lossLayers.get(lossLayers.size() - 1);
  }

  @Override
  public List<GuidanceTrace> traces() {
    return state.traces();
  }

  @Override
  public void close() {
    closeGuidedRows();
    store.close();
    state.close();
    manager.close();
  }
}
