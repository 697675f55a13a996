package io.boxwright.diffusion.schedulers;

import io.boxwright.text.Printable;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/** All schedulers by their diffusers class names. */
public final class Schedulers {

  private static final Map<String, Function<SchedulerConfig, SchedulerSettings>> READERS =
      Map.ofEntries(
          Map.entry("DDIMScheduler", DDIMScheduler.Settings::read),
          Map.entry("DDPMScheduler", DDPMScheduler.Settings::read),
          Map.entry("DEISMultistepScheduler", DEISMultistepScheduler.Settings::read),
          Map.entry("DPMSolverMultistepScheduler", DPMSolverMultistepScheduler.Settings::read),
          Map.entry("DPMSolverSDEScheduler", DPMSolverSDEScheduler.Settings::read),
          Map.entry("DPMSolverSinglestepScheduler", DPMSolverSinglestepScheduler.Settings::read),
          Map.entry("EDMEulerScheduler", EDMEulerScheduler.Settings::read),
          Map.entry(
              "EulerAncestralDiscreteScheduler", EulerAncestralDiscreteScheduler.Settings::read),
          Map.entry("EulerDiscreteScheduler", EulerDiscreteScheduler.Settings::read),
          Map.entry("HeunDiscreteScheduler", HeunDiscreteScheduler.Settings::read),
          Map.entry(
              "KDPM2AncestralDiscreteScheduler", KDPM2AncestralDiscreteScheduler.Settings::read),
          Map.entry("KDPM2DiscreteScheduler", KDPM2DiscreteScheduler.Settings::read),
          Map.entry("LCMScheduler", LCMScheduler.Settings::read),
          Map.entry("LMSDiscreteScheduler", LMSDiscreteScheduler.Settings::read),
          Map.entry("PNDMScheduler", PNDMScheduler.Settings::read),
          Map.entry("TCDScheduler", TCDScheduler.Settings::read),
          Map.entry("UniPCMultistepScheduler", UniPCMultistepScheduler.Settings::read));

  private Schedulers() {}

  /** Returns the names that {@link #create} knows, in alphabetical order. */
  public static SortedSet<String> names() {
    return new TreeSet<>(READERS.keySet());
  }

  /**
   * Checks that a scheduler can be made and takes the steps of a run, without making it.
   *
   * @param className the class name, such as {@code EulerDiscreteScheduler}
   * @param config the configuration of any scheduler
   * @param steps the steps of a run
   * @throws IllegalArgumentException if there is no such scheduler, if no such run is possible, or
   *     if a value is not supported, naming its key
   */
  public static void check(String className, SchedulerConfig config, InferenceSteps steps) {
    SchedulerSettings settings = read(className, config);
    steps.requireTakenBy(className);
    settings.common().requireSteps(steps);
    settings.timesteps(steps);
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
   * DDIM and TCD; other schedulers have no such option.
   *
   * @param eta weight of the noise, 0..1
   * @return a scheduler that the caller closes
   * @throws IllegalArgumentException if there is no such scheduler, or if a value is not supported,
   *     naming it
   */
  public static Scheduler create(String className, SchedulerConfig config, double eta) {
    Scheduler scheduler = create(className, config);
    if (scheduler instanceof DDIMScheduler ddim) {
      return ddim.withEta(eta);
    }
    return scheduler instanceof TCDScheduler tcd ? tcd.withEta(eta) : scheduler;
  }

  private static SchedulerSettings read(String className, SchedulerConfig config) {
    Function<SchedulerConfig, SchedulerSettings> reader =
        className == null ? null : READERS.get(className);
    if (reader == null) {
      throw new IllegalArgumentException(
          "Unknown scheduler %s: choose one of %s"
              .formatted(Printable.name(String.valueOf(className)), String.join(", ", names())));
    }
    try {
      return reader.apply(config);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot create %s: %s".formatted(className, e.getMessage()), e);
    }
  }
}
