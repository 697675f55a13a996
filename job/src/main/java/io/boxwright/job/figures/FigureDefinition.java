package io.boxwright.job.figures;

/**
 * The definition of a figure.
 *
 * @param name the name in reports
 * @param unit the unit
 * @param scope for which images it is computed
 * @param formula the formula in words
 * @param source where the formula is from
 * @param statistic the computation
 */
public record FigureDefinition(
    String name,
    FigureUnit unit,
    FigureScope scope,
    String formula,
    String source,
    Statistic statistic) {}
