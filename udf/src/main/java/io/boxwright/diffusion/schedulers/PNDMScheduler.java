package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * diffusers' {@code PNDMScheduler}: "Pseudo Numerical Methods for Diffusion Models on Manifolds"
 * (Liu et al., 2022). Three pseudo Runge-Kutta steps of four model calls each (PRK) are followed by
 * pseudo linear multistep steps (PLMS). With {@code skip_prk_steps}, as in Stable Diffusion, a
 * second model call at the second timestep takes the place of the Runge-Kutta steps.
 */
final class PNDMScheduler extends VariancePreservingScheduler {

  private static final int ORDER = 4;
  private static final int PRK_STEPS = ORDER - 1;
  private static final int CALLS_OF_PRK = 4;

  private final Settings settings;
  private final double finalAlphaCumprod;

  /** Model outputs of the last whole steps, the paper's {@code e_t}. */
  private final ArrayHistory outputs = new ArrayHistory(ORDER);

  /** The latents at the start of the step in progress, which takes several model calls. */
  private final ArrayHistory start = new ArrayHistory(1);

  /** The weighted sum of the model outputs of the Runge-Kutta step in progress. */
  private final ArrayHistory prkSum = new ArrayHistory(1);

  private int stepRatio;
  private int prkLength;

  /**
   * The settings of PNDM.
   *
   * @param common the settings that every scheduler reads
   * @param skipPrkSteps {@code skip_prk_steps}: whether a run starts without Runge-Kutta steps
   * @param setAlphaToOne {@code set_alpha_to_one}: whether the last step ends without noise instead
   *     of with that of timestep 0
   */
  record Settings(CommonSettings common, boolean skipPrkSteps, boolean setAlphaToOne)
      implements SchedulerSettings {

    static Settings read(SchedulerConfig config) {
      return new Settings(
          CommonSettings.read(
              config,
              NoiseSchedule.read(config),
              "leading",
              PredictionType.EPSILON,
              PredictionType.V_PREDICTION),
          config.flag("skip_prk_steps", false),
          config.flag("set_alpha_to_one", false));
    }

    @Override
    public double[] timesteps(InferenceSteps steps) {
      double[] spaced = Arrays.stream(common.spacedTimesteps(steps)).map(Math::rint).toArray();
      double[] timesteps =
          skipPrkSteps ? repeatSecond(spaced) : startWithPrk(spaced, stepRatio(steps));
      return common.noiseSchedule().requireTrained(timesteps);
    }

    /** Returns the number of timesteps that a whole step goes down. */
    int stepRatio(InferenceSteps steps) {
      return common.noiseSchedule().size() / steps.number();
    }

    @Override
    public Scheduler newScheduler() {
      return new PNDMScheduler(this);
    }
  }

  private PNDMScheduler(Settings settings) {
    super(settings.common());
    this.settings = settings;
    finalAlphaCumprod = settings.setAlphaToOne() ? 1 : noiseSchedule.alphaCumprod(0);
  }

  @Override
  double[] startRun(InferenceSteps steps) {
    stepRatio = settings.stepRatio(steps);
    prkLength = settings.skipPrkSteps() ? 0 : PRK_STEPS * CALLS_OF_PRK;
    return settings.timesteps(steps);
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    try (ArrayScope scope = new ArrayScope()) {
      return scope.keep(
          i < prkLength ? stepPrk(modelOutput, i, sample) : stepPlms(modelOutput, i, sample));
    }
  }

  @Override
  public void close() {
    outputs.close();
    start.close();
    prkSum.close();
  }

  /** Carries out one of the four model calls of a Runge-Kutta step: formula (13) of the paper. */
  private NDArray stepPrk(NDArray modelOutput, int i, NDArray sample) {
    int call = i % CALLS_OF_PRK;
    int timestep = timestep(i - call);
    int previous = timestep(i) - (i % 2 == 0 ? stepRatio / 2 : 0);
    if (call == 0) {
      outputs.add(modelOutput);
      start.add(sample);
      prkSum.add(TorchKernels.scale(1 / 6.0, modelOutput));
      return previousSample(modelOutput, sample, timestep, previous);
    }
    double weight = call == 3 ? 1 / 6.0 : 1 / 3.0;
    NDArray sum = TorchKernels.weightedSum(weight, modelOutput, 1, prkSum.last(0));
    prkSum.add(sum);
    return previousSample(call == 3 ? sum : modelOutput, start.last(0), timestep, previous);
  }

  /** Carries out a linear multistep step: formula (12) of the paper, of lower order at first. */
  private NDArray stepPlms(NDArray modelOutput, int i, NDArray sample) {
    int timestep = timestep(i);
    if (i == 1) {
      // Repeats the first step with the mean of the outputs at its two ends.
      NDArray mean = TorchKernels.weightedSum(0.5, modelOutput, 0.5, outputs.last(0));
      return previousSample(mean, start.last(0), timestep + stepRatio, timestep);
    }
    outputs.add(modelOutput);
    if (i == 0) {
      start.add(sample);
    }
    return previousSample(combineOutputs(modelOutput), sample, timestep, timestep - stepRatio);
  }

  /** Applies Adams-Bashforth to the outputs so far; {@code modelOutput} is the newest. */
  private NDArray combineOutputs(NDArray modelOutput) {
    return switch (outputs.size()) {
      case 1 -> modelOutput;
      case 2 -> TorchKernels.weightedSum(3 / 2.0, modelOutput, -1 / 2.0, outputs.last(1));
      case 3 ->
          TorchKernels.weightedSum(
              23 / 12.0, modelOutput, -16 / 12.0, outputs.last(1), 5 / 12.0, outputs.last(2));
      default ->
          TorchKernels.weightedSum(
              55 / 24.0, modelOutput,
              -59 / 24.0, outputs.last(1),
              37 / 24.0, outputs.last(2),
              -9 / 24.0, outputs.last(3));
    };
  }

  /**
   * Goes from {@code timestep} to {@code previous}: formula (9) of the paper. The result goes to
   * the manager of the first array in a sum. That is always the model output, because the sample
   * may belong to this scheduler.
   */
  private NDArray previousSample(NDArray modelOutput, NDArray sample, int timestep, int previous) {
    double alpha = noiseSchedule.alphaCumprod(timestep);
    double previousAlpha = previous >= 0 ? noiseSchedule.alphaCumprod(previous) : finalAlphaCumprod;
    NoiseLevel level = NoiseLevel.variancePreserving(alpha);
    NDArray epsilon = predictionType.noise(modelOutput, sample, level);
    double denominator =
        alpha * Math.sqrt(1 - previousAlpha) + Math.sqrt(alpha * (1 - alpha) * previousAlpha);
    return TorchKernels.weightedSum(
        (alpha - previousAlpha) / denominator, epsilon, Math.sqrt(previousAlpha / alpha), sample);
  }

  /**
   * Returns timesteps t0, h0, h0, t1, t1, h1, h1, t2, ..., t3, t4, ...; each h is between two t.
   */
  private static double[] startWithPrk(double[] spaced, int stepRatio) {
    if (spaced.length < ORDER) {
      throw new IllegalArgumentException(
          "num_inference_steps is %d, PNDMScheduler needs at least %d unless skip_prk_steps is true"
              .formatted(spaced.length, ORDER));
    }
    DoubleStream prk =
        IntStream.range(0, PRK_STEPS)
            .boxed()
            .flatMapToDouble(
                k -> {
                  double half = spaced[k + 1] + stepRatio / 2;
                  return DoubleStream.of(spaced[k], half, half, spaced[k + 1]);
                });
    return DoubleStream.concat(prk, Arrays.stream(spaced).skip(PRK_STEPS)).toArray();
  }

  private static double[] repeatSecond(double[] spaced) {
    double[] twice = new double[spaced.length == 1 ? 1 : spaced.length + 1];
    twice[0] = spaced[0];
    for (int i = 1; i < twice.length; i++) {
      twice[i] = spaced[Math.max(i - 1, 1)];
    }
    return twice;
  }
}
