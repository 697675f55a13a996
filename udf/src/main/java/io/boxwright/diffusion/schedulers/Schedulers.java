package io.boxwright.diffusion.schedulers;

import io.boxwright.text.Printable;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Makes schedulers by their diffusers class names. */
public final class Schedulers {

  private static final Map<String, Factory> FACTORIES =
      Map.of(
          "DDIMScheduler", DDIMScheduler::new,
          "DPMSolverMultistepScheduler", (config, eta) -> new DPMSolverMultistepScheduler(config),
          "EulerAncestralDiscreteScheduler",
              (config, eta) -> new EulerAncestralDiscreteScheduler(config),
          "EulerDiscreteScheduler", (config, eta) -> new EulerDiscreteScheduler(config),
          "LMSDiscreteScheduler", (config, eta) -> new LMSDiscreteScheduler(config),
          "PNDMScheduler", (config, eta) -> new PNDMScheduler(config));

  private Schedulers() {}

  /** The names that {@link #create} knows, in alphabetical order. */
  public static SortedSet<String> names() {
    return new TreeSet<>(FACTORIES.keySet());
  }

  /** {@link #create(String, SchedulerConfig, double)} with eta 0. */
  public static Scheduler create(String className, SchedulerConfig config) {
    return create(className, config, 0);
  }

  /**
   * Makes a scheduler, as {@code from_config} of its diffusers class does; the configuration may
   * have been written for another class.
   *
   * @param className such as {@code EulerDiscreteScheduler}
   * @param config of any scheduler
   * @param eta noise of DDIM steps, 0..1; other schedulers ignore it
   * @return a scheduler that the caller closes
   * @throws IllegalArgumentException if there is no such scheduler, or naming the key whose value
   *     it does not support
   */
  public static Scheduler create(String className, SchedulerConfig config, double eta) {
    Factory factory = className == null ? null : FACTORIES.get(className);
    if (factory == null) {
      throw new IllegalArgumentException(
          "Unknown scheduler %s: choose one of %s"
              .formatted(Printable.value(className), String.join(", ", names())));
    }
    try {
      return factory.create(config, eta);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot create %s: %s".formatted(className, e.getMessage()), e);
    }
  }

  private interface Factory {
    Scheduler create(SchedulerConfig config, double eta);
  }
}
