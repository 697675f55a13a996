package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.guidance.GuidanceContext;
import io.boxwright.diffusion.guidance.GuidanceRun;
import io.boxwright.diffusion.guidance.GuidanceTrace;
import io.boxwright.diffusion.models.Conditioning;
import java.util.List;

/** A hook that guides the latents before each step. */
final class GuidanceHook implements DenoisingHook {

  private final Guidance guidance;
  private final GenerationInputs inputs;
  private GuidanceRun guidanceRun;

  GuidanceHook(Guidance guidance, GenerationInputs inputs) {
    this.guidance = guidance;
    this.inputs = inputs;
  }

  @Override
  public void start(Run run) {
    guidanceRun =
        guidance.start(
            new GuidanceContext(
                run.denoiser(),
                inputs.layouts(),
                run.conditioning(),
                run.scheduler(),
                inputs.options().batchShape()));
  }

  @Override
  public NDArray beforeStep(NDArray latents, int i) {
    return guidanceRun.beforeStep(latents, i);
  }

  @Override
  public boolean guides(int i) {
    return guidanceRun.guides(i);
  }

  @Override
  public void changeConditioning(Conditioning conditioning) {
    guidanceRun.changeConditioning(conditioning);
  }

  /** Returns the records of the guidance, one for each row. */
  List<GuidanceTrace> traces() {
    return guidanceRun.traces();
  }

  @Override
  public void close() {
    if (guidanceRun != null) {
      guidanceRun.close();
    }
  }
}
