package io.boxwright.diffusion.schedulers;

import io.boxwright.text.Printable;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/** All schedulers by their diffusers class names. */
public final class Schedulers {

  private static final Map<String, Function<SchedulerConfig, SchedulerSettings>> READERS =
      Map.of(
          "DDIMScheduler", DDIMScheduler.Settings::read,
          "DPMSolverMultistepScheduler", DPMSolverMultistepScheduler.Settings::read,
          "EulerAncestralDiscreteScheduler", EulerAncestralDiscreteScheduler.Settings::read,
          "EulerDiscreteScheduler", EulerDiscreteScheduler.Settings::read,
          "LMSDiscreteScheduler", LMSDiscreteScheduler.Settings::read,
          "PNDMScheduler", PNDMScheduler.Settings::read);

  private Schedulers() {}

  /** Returns the names that {@link #create} knows, in alphabetical order. */
  public static SortedSet<String> names() {
    return new TreeSet<>(READERS.keySet());
  }

  /**
   * Checks that a scheduler can be made and takes a number of steps, without making it.
   *
   * @param className the class name, such as {@code EulerDiscreteScheduler}
   * @param config the configuration of any scheduler
   * @param numInferenceSteps the number of steps of a run
   * @throws IllegalArgumentException if there is no such scheduler, if no such run is possible, or
   *     if a value is not supported, naming its key
   */
  public static void check(String className, SchedulerConfig config, int numInferenceSteps) {
    SchedulerSettings settings = read(className, config);
    settings.common().requireSteps(numInferenceSteps);
    settings.timesteps(numInferenceSteps);
  }

  /**
   * Makes a scheduler, as {@code from_config} of its diffusers class does; the configuration may
   * have been written for another class.
   *
   * @param className the class name, such as {@code EulerDiscreteScheduler}
   * @param config the configuration of any scheduler
   * @return a scheduler that the caller closes
   * @throws IllegalArgumentException if there is no such scheduler, or if a value is not supported,
   *     naming its key
   */
  public static Scheduler create(String className, SchedulerConfig config) {
    return read(className, config).newScheduler();
  }

  /**
   * Makes a scheduler as {@link #create(String, SchedulerConfig)} does, with noise at each step of
   * DDIM; other schedulers have no such option.
   *
   * @param eta weight of the noise, 0..1
   * @return a scheduler that the caller closes
   * @throws IllegalArgumentException if there is no such scheduler, or if a value is not supported,
   *     naming it
   */
  public static Scheduler create(String className, SchedulerConfig config, double eta) {
    Scheduler scheduler = create(className, config);
    return scheduler instanceof DDIMScheduler ddim ? ddim.withEta(eta) : scheduler;
  }

  private static SchedulerSettings read(String className, SchedulerConfig config) {
    Function<SchedulerConfig, SchedulerSettings> reader =
        className == null ? null : READERS.get(className);
    if (reader == null) {
      throw new IllegalArgumentException(
          "Unknown scheduler %s: choose one of %s"
              .formatted(Printable.value(className), String.join(", ", names())));
    }
    try {
      return reader.apply(config);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot create %s: %s".formatted(className, e.getMessage()), e);
    }
  }
}
