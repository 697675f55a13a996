package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.attention.AttentionAverages;
import io.boxwright.diffusion.attention.AttentionLayers;
import io.boxwright.diffusion.attention.AttentionStore;
import io.boxwright.diffusion.attention.LayoutGuidanceAttnProcessor;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.models.UNet2DConditionModel;
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
 * Backward guidance of "Training-Free Layout Control with Cross-Attention Guidance" (Chen, Laina,
 * Vedaldi, 2023, section 3.2) for a batch of rows with different layouts: before a denoising step,
 * latents are moved along the gradient of the {@link LayoutLoss}.
 *
 * <p>Rows do not influence one another: the loss is a vector, and the gradient of its sum holds
 * each row's own. A row whose loss has come down to the threshold is moved no more, in later steps
 * neither, because its loss carries over. {@link BatchShape} says whether it leaves the passes.
 *
 * <p>Holds the state of one run; the UNet's attention processors are its own during a guided pass
 * and what they were afterwards. Not thread-safe.
 */
public final class LayoutGuidance implements AutoCloseable {

  private final UNet2DConditionModel unet;
  private final LayoutGuidanceConfig config;
  private final BatchShape batchShape;
  private final List<String> guidedLayers;
  private final List<List<LayoutObject>> layouts;
  private final NDArray promptEmbeds;
  private final NDManager manager;
  private final AttentionStore store = new AttentionStore();
  private final Map<String, AttentionProcessor> guidedPassProcessors;
  private final GuidanceState state;
  private GuidedRows guidedRows; // of the last pass

  /**
   * Starts a run.
   *
   * @param unet whose attention is read
   * @param config how to guide
   * @param batchShape which rows the guided passes have
   * @param layouts the objects of each row; a row without any is left alone
   * @param promptEmbeds the prompts' states, without the unconditional half, (B, T, D); not closed
   */
  public LayoutGuidance(
      UNet2DConditionModel unet,
      LayoutGuidanceConfig config,
      BatchShape batchShape,
      List<List<LayoutObject>> layouts,
      NDArray promptEmbeds) {
    this.unet = unet;
    this.config = config;
    this.batchShape = batchShape;
    this.guidedLayers = AttentionLayers.of(unet.attnProcessors().keySet()).guided();
    this.layouts = layouts;
    this.promptEmbeds = promptEmbeds;
    this.manager = promptEmbeds.getManager().newSubManager();
    this.state = new GuidanceState(manager, config, layouts);
    this.guidedPassProcessors = guidedPassProcessors(unet.attnProcessors());
  }

  /**
   * Guides the latents before step {@code i}.
   *
   * @param latents (B, C, h, w), float32; not changed
   * @param scheduler of the run
   * @param i the step
   * @return the guided latents, (B, C, h, w); {@code latents} itself if no row needs guidance
   */
  public NDArray guide(NDArray latents, Scheduler scheduler, int i) {
    if (i >= config.maxGuidanceSteps()) {
      return latents;
    }
    NDArray guided = latents;
    int[] unfinished = {};
    for (int iteration = 0; iteration < config.maxIterationsPerStep(); iteration++) {
      if (iteration == 0 || !isAskedOnceAStep(latents)) {
        unfinished = state.unfinishedRows();
      }
      if (unfinished.length == 0) {
        break;
      }
      guided = update(guided, passRows(unfinished, latents), scheduler, i);
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
              manager,
              config,
              layouts,
              promptEmbeds,
              rows,
              AttentionAverages.mapSizes(unet, latents.getShape()));
    }
    return guidedRows;
  }

  private void closeGuidedRows() {
    if (guidedRows != null) {
      guidedRows.close();
    }
  }

  /** One update of unfinished rows: {@code x <- x - d(loss_scale * loss)/dx * variance}. */
  private NDArray update(NDArray latents, GuidedRows rows, Scheduler scheduler, int i) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray unfinished = state.unfinished(rows.indices()); // (R)
      NDArray x = TorchKernels.selectRows(latents, rows.indices()); // (R, C, h, w)
      Pass pass = pass(x, rows, scheduler, i);
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

  private Pass pass(NDArray x, GuidedRows rows, Scheduler scheduler, int i) {
    try (ArrayScope scope = new ArrayScope();
        GradMode ignored = GradMode.enabled();
        GradientTape tape = new GradientTape()) {
      x.setRequiresGradient(true);

      // 1. A conditional-only forward pass stores the guided layers' attention.
      attend(scheduler.scaleModelInput(x, i), scheduler.timesteps()[i], rows.promptEmbeds());

      // 2. The loss of each row.
      NDArray losses = rows.loss().compute(guidedLayers.stream().map(store::map).toList()); // (R)

      // 3. The gradient of the sum is each row's own gradient.
      tape.backward(TorchKernels.scale(config.lossScale(), losses.sum()));
      return new Pass(
          scope.keep(losses.stopGradient()), scope.keep(x.getGradient().stopGradient()));
    } finally {
      store.reset();
    }
  }

  private void attend(NDArray modelInput, double timestep, NDArray encoderHiddenStates) {
    Map<String, AttentionProcessor> processors = unet.attnProcessors();
    unet.setAttnProcessor(guidedPassProcessors);
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      unet.forward(modelInput, timestep, encoderHiddenStates);
      throw new IllegalStateException("The UNet never reached " + lastGuidedLayer());
    } catch (GuidedPassEnd.Reached end) {
      // All guided layers are stored; nothing after them reaches the loss.
    } finally {
      unet.setAttnProcessor(processors);
    }
  }

  private Map<String, AttentionProcessor> guidedPassProcessors(
      Map<String, AttentionProcessor> others) {
    Map<String, AttentionProcessor> processors = new HashMap<>(others);
    AttentionProcessor storing = new LayoutGuidanceAttnProcessor(store);
    guidedLayers.forEach(path -> processors.put(path + ".processor", storing));
    processors.put(lastGuidedLayer() + ".processor", new GuidedPassEnd(store));
    return processors;
  }

  private String lastGuidedLayer() {
    return guidedLayers.get(guidedLayers.size() - 1);
  }

  /** What the guidance did so far, one entry a row. */
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
