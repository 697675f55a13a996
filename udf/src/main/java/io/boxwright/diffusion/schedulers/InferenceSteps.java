package io.boxwright.diffusion.schedulers;

import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.text.Count;
import java.io.Serializable;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The steps of a run: a number of steps, which the scheduler spaces, or a list of its own. These
 * are the parameters of diffusers' {@code set_timesteps}.
 *
 * @param number {@code num_inference_steps}: the number of steps, or the length of the list
 * @param timesteps {@code timesteps}: the timesteps of the steps, from the highest down, at least
 *     0; empty if the scheduler spaces them
 * @param sigmas {@code sigmas}: the deviations of the noise, at least 0; empty if the scheduler
 *     spaces them
 */
public record InferenceSteps(int number, List<Integer> timesteps, List<Double> sigmas)
    implements Serializable {

  /** The schedulers whose {@code set_timesteps} takes {@code timesteps}. */
  private static final List<String> TAKE_TIMESTEPS =
      List.of(
          "DDPMScheduler",
          "DPMSolverMultistepScheduler",
          "DPMSolverSinglestepScheduler",
          "EulerDiscreteScheduler",
          "HeunDiscreteScheduler",
          "LCMScheduler",
          "TCDScheduler");

  /**
   * The schedulers whose {@code set_timesteps} takes {@code sigmas}. That of UniPC takes them only
   * for models of flow matching.
   */
  private static final List<String> TAKE_SIGMAS =
      List.of("EDMEulerScheduler", "EulerDiscreteScheduler");

  /**
   * Copies and checks the lists.
   *
   * @throws IllegalArgumentException naming the list, or its value that is wrong
   */
  public InferenceSteps {
    timesteps = List.copyOf(timesteps);
    sigmas = List.copyOf(sigmas);
    for (int i = 0; i < timesteps.size(); i++) {
      String key = "timesteps[%d]".formatted(i);
      int timestep = timesteps.get(i);
      ConfigValues.require(timestep >= 0, key, timestep, "at least 0");
      ConfigValues.require(
          i == 0 || timestep < timesteps.get(i - 1), key, timestep, "less than the one before it");
    }
    for (int i = 0; i < sigmas.size(); i++) {
      double sigma = sigmas.get(i);
      ConfigValues.require(
          sigma >= 0 && Double.isFinite(sigma),
          "sigmas[%d]".formatted(i),
          sigma,
          "a finite number of at least 0");
    }
  }

  /** Returns a number of steps. */
  public static InferenceSteps of(int number) {
    return new InferenceSteps(number, List.of(), List.of());
  }

  /**
   * Returns steps at given timesteps.
   *
   * @throws IllegalArgumentException naming the timestep that is wrong, or if there is none
   */
  public static InferenceSteps ofTimesteps(List<Integer> timesteps) {
    requireSome("timesteps", timesteps);
    return new InferenceSteps(timesteps.size(), timesteps, List.of());
  }

  /**
   * Returns steps through given sigmas.
   *
   * @throws IllegalArgumentException naming the sigma that is wrong, or if there is none
   */
  public static InferenceSteps ofSigmas(List<Double> sigmas) {
    requireSome("sigmas", sigmas);
    return new InferenceSteps(sigmas.size(), List.of(), sigmas);
  }

  /**
   * Returns the given timesteps or sigmas, otherwise a number of steps.
   *
   * @param timesteps the timesteps; null for none
   * @param sigmas the sigmas; null for none
   * @throws IllegalArgumentException if both are given, or naming what is wrong with one of them
   */
  public static InferenceSteps of(int number, List<Integer> timesteps, List<Double> sigmas) {
    if (timesteps != null && sigmas != null) {
      throw new IllegalArgumentException("timesteps and sigmas are both given: choose one of them");
    }
    if (timesteps != null) {
      return ofTimesteps(timesteps);
    }
    return sigmas == null ? of(number) : ofSigmas(sigmas);
  }

  private static void requireSome(String key, List<?> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("%s is empty, it must have a value".formatted(key));
    }
  }

  /** Returns whether the scheduler spaces the steps, because no list is given. */
  public boolean isSpaced() {
    return timesteps.isEmpty() && sigmas.isEmpty();
  }

  /** Returns the steps as text for people, such as {@code 50 steps}. */
  public String describe() {
    if (!timesteps.isEmpty()) {
      return Count.of(timesteps.size(), "timestep");
    }
    return sigmas.isEmpty() ? Count.of(number, "step") : Count.of(sigmas.size(), "sigma");
  }

  /**
   * Checks that a scheduler takes the list: diffusers' {@code retrieve_timesteps}.
   *
   * @param scheduler the scheduler's class name
   * @throws IllegalArgumentException naming the schedulers that take it
   */
  void requireTakenBy(String scheduler) {
    requireTakenBy(scheduler, "timesteps", timesteps, TAKE_TIMESTEPS);
    requireTakenBy(scheduler, "sigmas", sigmas, TAKE_SIGMAS);
  }

  private static void requireTakenBy(
      String scheduler, String key, List<?> values, List<String> taking) {
    if (!values.isEmpty() && !taking.contains(scheduler)) {
      throw new IllegalArgumentException(
          "%s takes no %s; these schedulers do: %s"
              .formatted(scheduler, key, String.join(", ", taking)));
    }
  }

  /** Returns the given timesteps, or those that are spaced for the number of steps. */
  double[] timestepsOr(IntFunction<double[]> spaced) {
    return timesteps.isEmpty()
        ? spaced.apply(number)
        : timesteps.stream().mapToDouble(Integer::doubleValue).toArray();
  }

  /** Returns the sigmas as an array; it is empty if the scheduler spaces them. */
  double[] sigmaArray() {
    return sigmas.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
