package io.boxwright.job.figures;

/**
 * The interval in which a figure lies with 95 % confidence.
 *
 * @param low the lower end, in the figure's unit
 * @param high the upper end
 */
public record Interval(double low, double high) {}
