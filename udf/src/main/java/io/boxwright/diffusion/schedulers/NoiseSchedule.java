package io.boxwright.diffusion.schedulers;

import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.text.Count;
import java.util.Arrays;
import java.util.List;

/**
 * The noise that a model was trained with, by timestep. It is computed in float32, as in diffusers:
 * in the first timesteps, where alphas are close to 1, rounding is part of the result.
 */
final class NoiseSchedule {

  /** The largest {@code num_train_timesteps}: far more than any model has. */
  static final int MOST_TIMESTEPS = 100_000;

  /** A value of {@code beta_schedule}. */
  static final String SQUARED_COSINE = "squaredcos_cap_v2";

  private static final double MAX_BETA = 0.999;

  /**
   * The betas of a scheduler whose configuration has none.
   *
   * @param start the value in place of {@code beta_start}
   * @param end the value in place of {@code beta_end}
   * @param schedule the value in place of {@code beta_schedule}
   */
  record Betas(double start, double end, String schedule) {

    /** The betas of "Denoising Diffusion Probabilistic Models", for most schedulers. */
    static final Betas DDPM = new Betas(0.0001, 0.02, "linear");

    /** The betas of Heun, KDPM2 and DPMSolverSDE. */
    static final Betas K_DIFFUSION = new Betas(0.00085, 0.012, "linear");

    /** The betas of Stable Diffusion, for LCM and TCD. */
    static final Betas LATENT = new Betas(0.00085, 0.012, "scaled_linear");
  }

  private final float[] alphasCumprod;
  private final float[] sigmas;

  private NoiseSchedule(float[] alphasCumprod) {
    this.alphasCumprod = alphasCumprod;
    sigmas = new float[alphasCumprod.length];
    for (int t = 0; t < sigmas.length; t++) {
      sigmas[t] = (float) Math.sqrt((1 - alphasCumprod[t]) / alphasCumprod[t]);
    }
  }

  /**
   * Reads {@code num_train_timesteps}, 1 to 100,000, and either {@code trained_betas} or {@code
   * beta_schedule} with {@code beta_start} and {@code beta_end}; betas are between 0 and 1.
   */
  static NoiseSchedule read(SchedulerConfig config) {
    return read(config, Betas.DDPM);
  }

  /** Does the same as {@link #read(SchedulerConfig)}, with other defaults. */
  static NoiseSchedule read(SchedulerConfig config, Betas defaults) {
    return new NoiseSchedule(requireFalling(cumprod(betas(config, defaults)), Float.MIN_VALUE));
  }

  /**
   * Reads the same keys and {@code rescale_betas_zero_snr}: whether the last timestep becomes pure
   * noise.
   */
  static NoiseSchedule rescalable(SchedulerConfig config) {
    return rescalable(config, Betas.DDPM);
  }

  /** Does the same as {@link #rescalable(SchedulerConfig)}, with other defaults. */
  static NoiseSchedule rescalable(SchedulerConfig config, Betas defaults) {
    if (!config.flag("rescale_betas_zero_snr", false)) {
      return read(config, defaults);
    }
    float[] rescaled = rescaleZeroTerminalSnr(betas(config, defaults));
    return new NoiseSchedule(requireFalling(cumprod(rescaled), 0));
  }

  /** Checks that the signal falls, because schedulers divide by signal, noise and their changes. */
  private static float[] requireFalling(float[] alphasCumprod, float least) {
    float before = 1;
    for (int t = 0; t < alphasCumprod.length; t++) {
      if (!(alphasCumprod[t] < before && alphasCumprod[t] >= least)) {
        throw new IllegalArgumentException(
            "the betas (beta_start, beta_end, beta_schedule, trained_betas, num_train_timesteps) are"
                + " too small or too large: at timestep %d, %s of the signal is left; before it, %s"
                    .formatted(t, alphasCumprod[t], before));
      }
      before = alphasCumprod[t];
    }
    return alphasCumprod;
  }

  /**
   * Returns the same schedule with a last timestep that keeps a trace of signal, so that its sigma
   * is finite.
   */
  NoiseSchedule withFiniteSigmas() {
    float[] finite = alphasCumprod.clone();
    int last = finite.length - 1;
    finite[last] = finite[last] == 0 ? 0x1p-24f : finite[last];
    return new NoiseSchedule(finite);
  }

  /** Returns {@code num_train_timesteps}. */
  int size() {
    return alphasCumprod.length;
  }

  /**
   * Returns the timesteps if all are trained ones.
   *
   * @throws IllegalArgumentException if {@code steps_offset} has moved one beyond the last
   */
  double[] requireTrained(double[] timesteps) {
    double highest = Arrays.stream(timesteps).max().orElse(0);
    if (highest >= size()) {
      throw new IllegalArgumentException(
          "timestep %.0f is beyond the last trained one, %d: choose fewer num_inference_steps"
              .formatted(highest, size() - 1));
    }
    return timesteps;
  }

  /**
   * Returns the share of the variance that is signal at a timestep, diffusers' {@code
   * alphas_cumprod[t]}.
   */
  double alphaCumprod(int timestep) {
    return alphasCumprod[timestep];
  }

  /** Returns the deviation of the noise at a timestep, relative to the signal. */
  double sigma(int timestep) {
    return sigmas[timestep];
  }

  /** Returns {@link #sigma} at trained timesteps and between them. */
  double[] interpolateSigmas(double[] timesteps) {
    double[] interpolated = new double[timesteps.length];
    for (int i = 0; i < timesteps.length; i++) {
      double t = Math.min(Math.max(timesteps[i], 0), size() - 1);
      int low = Math.min((int) t, Math.max(size() - 2, 0));
      double slope = low + 1 < size() ? (double) sigmas[low + 1] - sigmas[low] : 0;
      interpolated[i] = slope * (t - low) + sigmas[low];
    }
    return interpolated;
  }

  /**
   * Returns {@code count} sigmas from the highest to the lowest, evenly spaced in their logarithm.
   */
  double[] logLinearSigmas(int count) {
    float[] logSigmas = linspace(logSigma(size() - 1), logSigma(0), count);
    double[] spaced = new double[count];
    for (int i = 0; i < count; i++) {
      spaced[i] = (float) Math.exp(logSigmas[i]);
    }
    return spaced;
  }

  /** Returns the timesteps, in general fractional, that have these sigmas: {@code _sigma_to_t}. */
  double[] timestepsOf(double[] someSigmas) {
    double[] timesteps = new double[someSigmas.length];
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = timestepOf(Math.log(Math.max(someSigmas[i], 1e-10)));
    }
    return timesteps;
  }

  /**
   * Counts the timesteps that have a log signal-to-noise ratio {@code log(alpha_t / sigma_t)} of at
   * least {@code lambdaMin}.
   */
  int countAboveLambda(double lambdaMin) {
    int count = size();
    while (count > 0 && lambda(count - 1) < (float) lambdaMin) {
      count--;
    }
    return count;
  }

  private float lambda(int timestep) {
    float alpha = (float) Math.sqrt(alphasCumprod[timestep]);
    float sigma = (float) Math.sqrt(1 - alphasCumprod[timestep]);
    return (float) Math.log(alpha) - (float) Math.log(sigma);
  }

  private double timestepOf(double logSigma) {
    int low = 0;
    while (low < size() - 2 && logSigma >= logSigma(low + 1)) {
      low++;
    }
    double weight = (logSigma(low) - logSigma) / (logSigma(low) - logSigma(low + 1));
    double clipped = Math.min(Math.max(weight, 0), 1);
    return (1 - clipped) * low + clipped * (low + 1);
  }

  private float logSigma(int timestep) {
    return (float) Math.log(sigmas[timestep]);
  }

  private static float[] betas(SchedulerConfig config, Betas defaults) {
    int count = config.wholeNumber("num_train_timesteps", 1000);
    ConfigValues.requireWithin("num_train_timesteps", count, 1, MOST_TIMESTEPS);
    return config
        .numbers("trained_betas")
        .map(betas -> trainedBetas(betas, count))
        .orElseGet(() -> scheduledBetas(config, defaults, count));
  }

  private static float[] trainedBetas(double[] trained, int count) {
    float[] betas = new float[trained.length];
    for (int t = 0; t < betas.length; t++) {
      betas[t] = (float) requireBeta("trained_betas[%d]".formatted(t), trained[t]);
    }
    if (betas.length != count) {
      throw new IllegalArgumentException(
          "trained_betas has %s, it must have num_train_timesteps, %d"
              .formatted(Count.of(betas.length, "entry", "entries"), count));
    }
    return betas;
  }

  private static float[] scheduledBetas(SchedulerConfig config, Betas defaults, int count) {
    double start = requireBeta("beta_start", config.number("beta_start", defaults.start()));
    double end = requireBeta("beta_end", config.number("beta_end", defaults.end()));
    List<String> schedules = List.of("linear", "scaled_linear", SQUARED_COSINE);
    return switch (config.oneOf("beta_schedule", defaults.schedule(), schedules)) {
      case "linear" -> linspace((float) start, (float) end, count);
      case "scaled_linear" ->
          squared(linspace((float) Math.sqrt(start), (float) Math.sqrt(end), count));
      default -> squaredCosine(count);
    };
  }

  private static double requireBeta(String key, double beta) {
    ConfigValues.require(beta > 0 && beta < 1, key, beta, "between 0 and 1");
    return beta;
  }

  /** Computes {@code torch.linspace} in float32, which counts from both ends. */
  private static float[] linspace(float start, float end, int count) {
    float[] values = new float[count];
    float step = count == 1 ? 0 : (end - start) / (count - 1);
    for (int i = 0; i < count; i++) {
      values[i] = i < count / 2 || count == 1 ? start + step * i : end - step * (count - 1 - i);
    }
    return values;
  }

  private static float[] squared(float[] values) {
    float[] squares = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      squares[i] = values[i] * values[i];
    }
    return squares;
  }

  /**
   * Computes {@code betas_for_alpha_bar}: the cosine schedule of "Improved DDPM" (Nichol, Dhariwal
   * 2021).
   */
  private static float[] squaredCosine(int count) {
    float[] betas = new float[count];
    for (int t = 0; t < count; t++) {
      double ratio = cosineAlphaBar((t + 1) / (double) count) / cosineAlphaBar(t / (double) count);
      betas[t] = (float) Math.min(1 - ratio, MAX_BETA);
    }
    return betas;
  }

  private static double cosineAlphaBar(double time) {
    double cosine = Math.cos((time + 0.008) / 1.008 * Math.PI / 2);
    return cosine * cosine;
  }

  private static float[] cumprod(float[] betas) {
    float[] products = new float[betas.length];
    double product = 1; // torch.cumprod of float32 accumulates in double
    for (int t = 0; t < betas.length; t++) {
      product *= 1 - betas[t];
      products[t] = (float) product;
    }
    return products;
  }

  /** Computes {@code rescale_zero_terminal_snr}: algorithm 1 of Lin et al., 2023. */
  private static float[] rescaleZeroTerminalSnr(float[] betas) {
    float[] alphasBar = cumprod(betas);
    int last = betas.length - 1;
    float rootOfFirst = (float) Math.sqrt(alphasBar[0]);
    float rootOfLast = (float) Math.sqrt(alphasBar[last]);
    float stretch = rootOfFirst / (rootOfFirst - rootOfLast);
    float[] rescaled = new float[betas.length];
    float before = 1;
    for (int t = 0; t < betas.length; t++) {
      float root = ((float) Math.sqrt(alphasBar[t]) - rootOfLast) * stretch;
      float alphaBar = root * root;
      rescaled[t] = 1 - alphaBar / before;
      before = alphaBar;
    }
    return rescaled;
  }
}
