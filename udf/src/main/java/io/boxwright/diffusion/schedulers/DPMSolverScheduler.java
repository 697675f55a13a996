package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.schedulers.SolverTransition.Equation;
import io.boxwright.torch.TorchKernels;
import java.util.List;

/** The base of both DPM-Solvers, which integrate the same equations in steps of their own. */
abstract class DPMSolverScheduler extends ScaledSigmaScheduler {

  /**
   * Values of {@code solver_type}. As in diffusers, the last three, of other schedulers, stand for
   * the first.
   */
  static final List<String> SOLVERS = List.of("midpoint", "heun", "logrho", "bh1", "bh2");

  /** The equation that is solved. */
  final Equation equation;

  /** The newest three predictions of the original or of the noise. */
  final ArrayHistory predictions = new ArrayHistory(3);

  DPMSolverScheduler(ScaledSigmaSettings settings, Equation equation) {
    super(settings);
    this.equation = equation;
  }

  @Override
  public final boolean takesNoise(int i) {
    return equation.isStochastic();
  }

  /** Returns the prediction that the equation integrates, (B, C, h, w). */
  final NDArray prediction(NDArray modelOutput, int i, NDArray sample) {
    return equation.predictsOriginal()
        ? limitedOriginal(modelOutput, i, sample)
        : limitedNoise(modelOutput, i, sample);
  }

  /** Adds the fresh noise of a step, (B, C, h, w), if the equation has any. */
  final NDArray addNoise(NDArray previous, SolverTransition transition, NDArray noise) {
    return equation.isStochastic()
        ? TorchKernels.weightedSum(1, previous, transition.noise(), noise)
        : previous;
  }

  /** Frees the predictions. */
  @Override
  public void close() {
    predictions.close();
  }
}
