package io.boxwright.diffusion.schedulers;

import static io.boxwright.diffusion.loading.ConfigValues.require;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The spacing of a run's noise levels.
 *
 * @param kind the kind of spacing
 * @param sigmaMin {@code sigma_min}: the lowest sigma, greater than 0; empty for the one that the
 *     betas give; not used by {@link Kind#TIMESTEPS}
 * @param sigmaMax {@code sigma_max}: the highest sigma, greater than {@code sigma_min}; empty for
 *     the one that the betas give; not used by {@link Kind#TIMESTEPS}
 */
record SigmaSpacing(Kind kind, Optional<Double> sigmaMin, Optional<Double> sigmaMax) {

  /** The spacing of sigmas that are those of the timesteps. */
  static final SigmaSpacing OF_TIMESTEPS =
      new SigmaSpacing(Kind.TIMESTEPS, Optional.empty(), Optional.empty());

  private static final double RHO = 7;

  /** The kinds of spacing. */
  enum Kind {
    /** The sigmas are those of the timesteps. */
    TIMESTEPS("") {
      @Override
      double sigma(double max, double min, double ramp) {
        throw new IllegalStateException("These sigmas are those of the timesteps");
      }
    },

    /** Equation 5 of "Elucidating the Design Space of Diffusion Models" (Karras et al., 2022). */
    KARRAS("use_karras_sigmas") {
      @Override
      double sigma(double max, double min, double ramp) {
        double rootOfMax = Math.pow(max, 1 / RHO);
        double rootOfMin = Math.pow(min, 1 / RHO);
        return Math.pow(rootOfMax + ramp * (rootOfMin - rootOfMax), RHO);
      }
    },

    /** Even steps of the logarithm. */
    EXPONENTIAL("use_exponential_sigmas") {
      @Override
      double sigma(double max, double min, double ramp) {
        return Math.exp(Math.log(max) + ramp * (Math.log(min) - Math.log(max)));
      }
    },

    /** Quantiles of a beta distribution: "Beta Sampling is All You Need" (Lee et al., 2024). */
    BETA("use_beta_sigmas") {
      @Override
      double sigma(double max, double min, double ramp) {
        return min + SymmetricBeta.SIGMAS.quantile(1 - ramp) * (max - min);
      }
    };

    private final String flag;

    Kind(String flag) {
      this.flag = flag;
    }

    /** Returns the sigma at a point of the ramp from 0, {@code max}, to 1, {@code min}. */
    abstract double sigma(double max, double min, double ramp);
  }

  SigmaSpacing {
    sigmaMin.ifPresent(min -> requirePositive("sigma_min", min));
    sigmaMax.ifPresent(max -> requirePositive("sigma_max", max));
    if (sigmaMin.isPresent() && sigmaMax.isPresent()) {
      require(
          sigmaMin.get() < sigmaMax.get(),
          "sigma_min",
          sigmaMin.get(),
          "less than sigma_max, " + sigmaMax.get());
    }
  }

  private static void requirePositive(String key, double sigma) {
    require(sigma > 0 && Double.isFinite(sigma), key, sigma, "a finite number greater than 0");
  }

  /** Reads the three flags, of which at most one may be true, and the ends. */
  static SigmaSpacing read(SchedulerConfig config) {
    return new SigmaSpacing(
        readKind(config), config.number("sigma_min"), config.number("sigma_max"));
  }

  /** Reads the same keys; as in diffusers' LMS, the ends do not apply to Karras' spacing. */
  static SigmaSpacing readWithoutKarrasEnds(SchedulerConfig config) {
    return readKind(config) == Kind.KARRAS
        ? new SigmaSpacing(Kind.KARRAS, Optional.empty(), Optional.empty())
        : read(config);
  }

  private static Kind readKind(SchedulerConfig config) {
    List<String> flags = new ArrayList<>();
    Kind chosen = Kind.TIMESTEPS;
    for (Kind kind : List.of(Kind.KARRAS, Kind.EXPONENTIAL, Kind.BETA)) {
      if (config.flag(kind.flag, false)) {
        flags.add(kind.flag);
        chosen = kind;
      }
    }
    if (flags.size() > 1) {
      throw new IllegalArgumentException(
          "%s are true; supported: one of them".formatted(String.join(" and ", flags)));
    }
    return chosen;
  }

  /**
   * Checks that this spacing leaves the choice of timesteps free.
   *
   * @throws IllegalArgumentException if timesteps are given, but would not be used
   */
  void requireFree(InferenceSteps steps) {
    if (!followsTimesteps() && !steps.timesteps().isEmpty()) {
      throw new IllegalArgumentException(
          "%s is true; supported with timesteps: false".formatted(kind.flag));
    }
  }

  /** Returns whether the sigmas are those of the timesteps. */
  boolean followsTimesteps() {
    return kind == Kind.TIMESTEPS;
  }

  /**
   * Returns {@code count} sigmas from {@code sigma_max} down to {@code sigma_min}, unless they
   * follow the timesteps.
   *
   * @param otherMax the value in place of an empty {@code sigma_max}
   * @param otherMin the value in place of an empty {@code sigma_min}
   * @throws IllegalArgumentException if there are several and they do not go down
   */
  double[] orBetween(double otherMax, double otherMin, int count) {
    double max = sigmaMax.orElse(otherMax);
    double min = sigmaMin.orElse(otherMin);
    require(count == 1 || max > min, "sigma_max", max, "greater than sigma_min, " + min);
    double[] sigmas = new double[count];
    for (int i = 0; i < count; i++) {
      sigmas[i] = kind.sigma(max, min, count == 1 ? 0 : i / (double) (count - 1));
    }
    return sigmas;
  }
}
