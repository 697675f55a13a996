package io.boxwright.diffusion.schedulers;

import static java.util.Objects.requireNonNullElse;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * diffusers' {@code PNDMScheduler}: "Pseudo Numerical Methods for Diffusion Models on Manifolds"
 * (Liu et al., 2022). Three pseudo Runge-Kutta steps of four model calls each (PRK) are followed by
 * pseudo linear multistep steps (PLMS). With {@code skip_prk_steps}, as Stable Diffusion has it, a
 * second model call at the second timestep takes the place of the Runge-Kutta steps.
 */
final class PNDMScheduler extends VariancePreservingScheduler {

  private static final int ORDER = 4;

  private final boolean skipPrkSteps;
  private final double finalAlphaCumprod;

  /** Model outputs of the last whole steps, the paper's {@code e_t}. */
  private final ArrayHistory outputs = new ArrayHistory(ORDER);

  /** The latents from which the step in progress, of several model calls, started. */
  private final ArrayHistory start = new ArrayHistory(1);

  /** The weighted sum of the model outputs of the Runge-Kutta step in progress. */
  private final ArrayHistory prkSum = new ArrayHistory(1);

  private int stepRatio;
  private int prkLength;

  PNDMScheduler(SchedulerConfig config) {
    super(
        config,
        NoiseSchedule.of(config),
        PredictionType.of(config, PredictionType.EPSILON, PredictionType.V_PREDICTION),
        TimestepSpacing.LEADING);
    skipPrkSteps = requireNonNullElse(config.skipPrkSteps(), false);
    boolean setAlphaToOne = requireNonNullElse(config.setAlphaToOne(), false);
    finalAlphaCumprod = setAlphaToOne ? 1 : noiseSchedule.alphaCumprod(0);
  }

  @Override
  double[] startRun(int numInferenceSteps) {
    stepRatio = noiseSchedule.size() / numInferenceSteps;
    double[] spaced =
        Arrays.stream(
                timestepSpacing.timesteps(noiseSchedule.size(), numInferenceSteps, stepsOffset))
            .map(Math::rint)
            .toArray();
    double[] prk = skipPrkSteps ? new double[0] : prkTimesteps(spaced);
    double[] plms = skipPrkSteps ? secondTwice(spaced) : tail(spaced, ORDER - 1);
    prkLength = prk.length;
    return noiseSchedule.requireTrained(
        DoubleStream.concat(Arrays.stream(prk), Arrays.stream(plms)).toArray());
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    try (ArrayScope scope = new ArrayScope()) {
      return scope.keep(
          i < prkLength ? stepPrk(modelOutput, i, sample) : stepPlms(modelOutput, i, sample));
    }
  }

  @Override
  public double guidanceVariance(int i) {
    return 1 - noiseSchedule.alphaCumprod(timestep(i));
  }

  @Override
  public void close() {
    outputs.close();
    start.close();
    prkSum.close();
  }

  /** One of the four model calls of a Runge-Kutta step: formula (13) of the paper. */
  private NDArray stepPrk(NDArray modelOutput, int i, NDArray sample) {
    int call = i % 4;
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

  /** A linear multistep step: formula (12) of the paper, lower orders while outputs are few. */
  private NDArray stepPlms(NDArray modelOutput, int i, NDArray sample) {
    int timestep = timestep(i);
    if (i == 1) {
      // The first step once more, now with the mean of the outputs at its two ends.
      NDArray mean = TorchKernels.weightedSum(0.5, modelOutput, 0.5, outputs.last(0));
      return previousSample(mean, start.last(0), timestep + stepRatio, timestep);
    }
    outputs.add(modelOutput);
    if (i == 0) {
      start.add(sample);
    }
    return previousSample(multistep(modelOutput), sample, timestep, timestep - stepRatio);
  }

  /** Adams-Bashforth over the outputs so far, of which {@code modelOutput} is the newest. */
  private NDArray multistep(NDArray modelOutput) {
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
   * From {@code timestep} to {@code previous}: formula (9) of the paper. The sample may be one of
   * ours, so the model output, whose manager the result goes to, comes first in every sum.
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

  /** Timesteps t0, h0, h0, t1, t1, h1, h1, t2, ...: h between two of the spaced ones. */
  private double[] prkTimesteps(double[] spaced) {
    if (spaced.length < ORDER) {
      throw new IllegalArgumentException(
          "num_inference_steps is %d, PNDMScheduler needs at least %d unless skip_prk_steps is true"
              .formatted(spaced.length, ORDER));
    }
    return IntStream.range(0, ORDER - 1)
        .boxed()
        .flatMapToDouble(
            k -> {
              double half = spaced[k + 1] + stepRatio / 2;
              return DoubleStream.of(spaced[k], half, half, spaced[k + 1]);
            })
        .toArray();
  }

  private static double[] secondTwice(double[] spaced) {
    double[] twice = new double[spaced.length == 1 ? 1 : spaced.length + 1];
    twice[0] = spaced[0];
    for (int i = 1; i < twice.length; i++) {
      twice[i] = spaced[Math.max(i - 1, 1)];
    }
    return twice;
  }

  private static double[] tail(double[] values, int from) {
    return Arrays.copyOfRange(values, from, values.length);
  }
}
