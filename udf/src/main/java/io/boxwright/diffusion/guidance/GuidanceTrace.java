package io.boxwright.diffusion.guidance;

/**
 * A record of what the guidance did for one row.
 *
 * @param lossFirst the loss before the first update; NaN if the row was not guided
 * @param lossLast the loss that was computed last; NaN if the row was not guided
 * @param iterations the number of updates of the latents
 */
public record GuidanceTrace(double lossFirst, double lossLast, int iterations) {

  /** The trace of a row that was not guided. */
  public static final GuidanceTrace NONE = new GuidanceTrace(Double.NaN, Double.NaN, 0);
}
