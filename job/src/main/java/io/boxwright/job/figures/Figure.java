package io.boxwright.job.figures;

/**
 * A figure of a benchmark.
 *
 * @param name the name, such as {@code accuracy@0.5}
 * @param category the category of the prompts, or null for all of them
 * @param value the value
 * @param unit the unit of the value and the interval
 * @param formula the formula in words
 * @param source where the formula is from
 * @param images the number of images that the value is made from
 * @param prompts the number of prompts that these images have
 * @param interval the 95 % bootstrap interval over prompts
 */
public record Figure(
    String name,
    String category,
    double value,
    FigureUnit unit,
    String formula,
    String source,
    int images,
    int prompts,
    Interval interval) {}
