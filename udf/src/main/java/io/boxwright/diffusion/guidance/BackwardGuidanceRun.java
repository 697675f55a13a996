package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.attention.AttentionLayers;
import io.boxwright.diffusion.attention.AttentionStore;
import io.boxwright.diffusion.attention.LayoutGuidanceAttnProcessor;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.models.Conditioning;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.models.attention.MapSize;
import io.boxwright.diffusion.schedulers.Scheduler;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.GradientTape;
import io.boxwright.torch.TorchKernels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The loop of {@link BackwardGuidance}, for a batch of rows with different layouts. Before a
 * denoising step, it moves the latents along the gradient of an {@link AttentionLoss}, as often and
 * as far as the {@link GuidancePlan} says.
 *
 * <p>Rows do not influence one another: the loss is a vector, and the gradient of its sum holds
 * each row's own gradient. A row whose loss has come down to the threshold is moved no more, not
 * even in later steps, because its loss carries over. The {@link BatchShape} decides whether the
 * row leaves the passes.
 *
 * <p>During a guided pass the denoiser has the attention processors of the run. Afterwards it has
 * those that it had before.
 */
final class BackwardGuidanceRun implements GuidanceRun {

  private static final String PROCESSOR = ".processor";

  private final AttentionLoss loss;
  private final GuidancePlan plan;
  private final Denoiser denoiser;
  private final Scheduler scheduler;
  private final BatchShape batchShape;
  private final List<List<LayoutObject>> layouts;
  private final List<String> lossLayers;
  private final NDManager manager;
  private final AttentionStore store = new AttentionStore();
  private final Map<String, AttentionProcessor> otherProcessors;
  private final Map<String, AttentionProcessor> guidedPassProcessors;
  private final GuidanceState state;
  private Conditioning conditioning;
  private GuidedRows guidedRows; // of the last pass

  /** Starts a run, but computes nothing yet. */
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
    this.otherProcessors = selectOtherProcessors(denoiser.attnProcessors());
    this.guidedPassProcessors = makeGuidedPassProcessors(otherProcessors);
  }

  @Override
  public NDArray beforeStep(NDArray latents, int i) {
    NDArray guided = latents;
    int[] unfinished = {};
    for (int iteration = 0; iteration < iterations(i); iteration++) {
      if (iteration == 0 || !asksOncePerStep(latents)) {
        unfinished = state.findUnfinishedRows();
      }
      if (unfinished.length == 0) {
        break;
      }
      guided = update(guided, prepareRows(unfinished, latents), i);
    }
    return guided;
  }

  @Override
  public boolean guides(int i) {
    return plan.iterations(i / scheduler.order()) > 0;
  }

  /**
   * Returns the largest number of updates before call {@code i} of the denoiser. A step that calls
   * it twice is guided once, where it starts: its second call only refines the first.
   */
  private int iterations(int i) {
    int order = scheduler.order();
    return i % order == 0 ? plan.iterations(i / order) : 0;
  }

  /**
   * Returns whether the device is asked only once per step, before the first pass, which rows are
   * finished. A GPU that has answered is idle until the next pass is launched, and passes over
   * finished rows move nothing.
   */
  private boolean asksOncePerStep(NDArray latents) {
    return batchShape == BatchShape.FIXED && latents.getDevice().isGpu();
  }

  /** Prepares the rows of a pass that moves the {@code unfinished} ones. */
  private GuidedRows prepareRows(int[] unfinished, NDArray latents) {
    int[] rows = batchShape.selectPassRows(unfinished, layouts.size(), latents.getDevice());
    if (guidedRows == null || !guidedRows.are(rows)) {
      closeGuidedRows();
      guidedRows =
          new GuidedRows(
              manager, loss, layouts, conditioning, rows, findMapSizes(latents.getShape()));
    }
    return guidedRows;
  }

  private List<MapSize> findMapSizes(Shape latents) {
    return lossLayers.stream().map(path -> denoiser.mapSize(path, latents)).toList();
  }

  @Override
  public void changeConditioning(Conditioning others) {
    conditioning = others;
    closeGuidedRows();
    guidedRows = null;
  }

  private void closeGuidedRows() {
    if (guidedRows != null) {
      guidedRows.close();
    }
  }

  /** Updates unfinished rows once: {@code x <- x - d(loss_scale * loss)/dx * variance}. */
  private NDArray update(NDArray latents, GuidedRows rows, int i) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray unfinished = state.selectUnfinished(rows.indices()); // (R)
      NDArray x = TorchKernels.selectRows(latents, rows.indices()); // (R, C, h, w)
      Pass pass = runPass(x, rows, i);
      NDArray moved =
          TorchKernels.weightedSum(
              1, x, -scheduler.guidanceVariance(i), pass.gradient()); // (R, C, h, w)
      NDArray guided = TorchKernels.chooseRows(unfinished, moved, x); // (R, C, h, w)
      state.update(rows.indices(), unfinished, pass.losses());
      return scope.keep(TorchKernels.replaceRows(latents, rows.indices(), guided)); // (B, C, h, w)
    }
  }

  /**
   * The result of a guided pass over R rows.
   *
   * @param losses the loss of each row, (R)
   * @param gradient the gradient of the sum of the losses, (R, C, h, w)
   */
  private record Pass(NDArray losses, NDArray gradient) {}

  private Pass runPass(NDArray x, GuidedRows rows, int i) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray modelInput = scheduler.scaleModelInput(x, i); // (R, C, h, w)
      NDArray timestep = Denoiser.makeTimestep(x, scheduler.timesteps()[i]); // (1)
      NDList results =
          denoiser.compute(
              new GuidedPass(loss, plan.lossScale()),
              otherProcessors,
              new NDList(modelInput, timestep).addAll(rows.layouts()),
              rows.conditioning(),
              this::differentiate); // (R) and (R, C, h, w)
      // scale_model_input multiplies by a number, and so does its derivative.
      NDArray gradient = scheduler.scaleModelInput(results.get(1), i); // (R, C, h, w)
      return new Pass(scope.keep(results.get(0)), scope.keep(gradient));
    }
  }

  /** The facts that make guided passes the same function of their inputs. */
  private record GuidedPass(AttentionLoss loss, double lossScale) {}

  /**
   * Computes the losses of R rows, (R), and the gradient of their sum, (R, C, h, w).
   *
   * @param inputs the model's input, (R, C, h, w); the timestep, (1); the layouts, as the loss
   *     prepared them
   * @param ofRows the conditioning of the rows
   */
  private NDList differentiate(NDList inputs, Conditioning ofRows) {
    try (ArrayScope scope = new ArrayScope();
        GradMode ignored = GradMode.enabled();
        GradientTape tape = new GradientTape()) {
      NDArray x = inputs.get(0).stopGradient(); // (R, C, h, w)
      x.setRequiresGradient(true);

      // 1. A conditional-only forward pass stores the attention that the loss reads.
      attend(x, inputs.get(1), ofRows);

      // 2. The loss of each row.
      List<NDArray> maps = lossLayers.stream().map(store::map).toList(); // (R, heads, N, T) each
      NDArray losses = loss.compute(maps, inputs.subList(2, inputs.size())); // (R)

      // 3. The gradient of the sum is each row's own gradient.
      tape.backward(TorchKernels.scale(plan.lossScale(), losses.sum()));
      return new NDList(
          scope.keep(losses.stopGradient()), scope.keep(x.getGradient().stopGradient()));
    } finally {
      store.reset();
    }
  }

  private void attend(NDArray modelInput, NDArray timestep, Conditioning ofRows) {
    Map<String, AttentionProcessor> processors = denoiser.attnProcessors();
    denoiser.setAttnProcessor(guidedPassProcessors);
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      denoiser.predict(modelInput, timestep, ofRows);
      throw new IllegalStateException("The denoiser never reached " + lastLossLayer());
    } catch (GuidedPassEnd.Reached end) {
      // Everything that the loss reads is stored, and later layers do not affect the loss.
    } finally {
      denoiser.setAttnProcessor(processors);
    }
  }

  /** Selects the processors of the attentions that the loss does not read. */
  private Map<String, AttentionProcessor> selectOtherProcessors(
      Map<String, AttentionProcessor> all) {
    Map<String, AttentionProcessor> others = new HashMap<>(all);
    lossLayers.forEach(path -> others.remove(path + PROCESSOR));
    return others;
  }

  private Map<String, AttentionProcessor> makeGuidedPassProcessors(
      Map<String, AttentionProcessor> others) {
    Map<String, AttentionProcessor> processors = new HashMap<>(others);
    AttentionProcessor storing = new LayoutGuidanceAttnProcessor(store);
    lossLayers.forEach(path -> processors.put(path + PROCESSOR, storing));
    processors.put(lastLossLayer() + PROCESSOR, new GuidedPassEnd(store));
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
