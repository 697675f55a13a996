package io.boxwright.diffusion.schedulers;

/**
 * The coefficients of a step of DPM-Solver, whichever its order. Its length h is that of {@code
 * lambda = log(alpha_t / sigma_t)}.
 *
 * @param sample the coefficient of the latents before the step
 * @param scale the common factor of the phis
 * @param exponent the exponent of the integrated exponential: h, -h or -2h
 * @param noise the coefficient of fresh noise, for the SDE solvers
 */
record SolverTransition(double sample, double scale, double exponent, double noise) {

  /** The equations that DPM-Solver can solve. */
  enum Equation {
    /** The ODE of the prediction of the noise: {@code dpmsolver}. */
    NOISE,
    /** The ODE of the prediction of the original: {@code dpmsolver++}. */
    ORIGINAL,
    /** The SDE of the prediction of the noise: {@code sde-dpmsolver}. */
    STOCHASTIC_NOISE,
    /** The SDE of the prediction of the original: {@code sde-dpmsolver++}. */
    STOCHASTIC_ORIGINAL;

    /**
     * Returns the equation of an {@code algorithm_type}. As in diffusers, {@code deis}, the name of
     * another scheduler, stands for {@code dpmsolver++}.
     */
    static Equation of(String algorithmType) {
      return switch (algorithmType) {
        case "dpmsolver" -> NOISE;
        case "sde-dpmsolver" -> STOCHASTIC_NOISE;
        case "sde-dpmsolver++" -> STOCHASTIC_ORIGINAL;
        default -> ORIGINAL;
      };
    }

    /** Returns whether the prediction of the original is integrated, not that of the noise. */
    boolean predictsOriginal() {
      return this == ORIGINAL || this == STOCHASTIC_ORIGINAL;
    }

    /** Returns whether each step adds noise. */
    boolean isStochastic() {
      return this == STOCHASTIC_NOISE || this == STOCHASTIC_ORIGINAL;
    }
  }

  /** Returns the coefficients of a step between two sigmas. */
  static SolverTransition between(double fromSigma, double toSigma, Equation equation) {
    NoiseLevel from = NoiseLevel.ofScaledSigma(fromSigma);
    NoiseLevel to = NoiseLevel.ofScaledSigma(toSigma);
    double h = Math.log(fromSigma) - Math.log(toSigma);
    double times = equation.isStochastic() ? 2 : 1;
    if (equation.predictsOriginal()) {
      double sample = to.noise() / from.noise() * (equation.isStochastic() ? Math.exp(-h) : 1);
      double noise = to.noise() * Math.sqrt(-Math.expm1(-2 * h));
      return new SolverTransition(sample, to.signal(), -times * h, noise);
    }
    double noise = to.noise() * Math.sqrt(Math.expm1(2 * h));
    return new SolverTransition(to.signal() / from.signal(), times * to.noise(), h, noise);
  }

  /** Returns the coefficient of the newest prediction. */
  double phi1() {
    return scale * Math.expm1(exponent);
  }

  /** Returns the coefficient of its first derivative. */
  double phi2() {
    return scale * (Math.expm1(exponent) / exponent - 1);
  }

  /** Returns the coefficient of its second derivative. */
  double phi3() {
    double remainder = Math.expm1(exponent) - exponent;
    return scale * (remainder / (exponent * exponent) - 0.5);
  }
}
