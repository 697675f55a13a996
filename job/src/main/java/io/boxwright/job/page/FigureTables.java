package io.boxwright.job.page;

import io.boxwright.job.evaluation.EvaluationRecord;
import io.boxwright.job.figures.Benchmarks;
import io.boxwright.job.figures.Bootstrap;
import io.boxwright.job.figures.EvaluatedImage;
import io.boxwright.job.figures.Figure;
import io.boxwright.job.figures.FigureCalculator;
import io.boxwright.job.figures.FigureDifference;
import io.boxwright.job.page.FigureTable.Cell;
import io.boxwright.job.page.FigureTable.Difference;
import io.boxwright.job.page.FigureTable.FigureLine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Puts the figures of runs side by side, and compares later runs with the first one. */
public final class FigureTables {

  /** Settings that change no score. */
  private static final Set<String> SPEED = Set.of("batch_size", "device");

  private static final int FIRST_RUN = 0;

  private FigureTables() {}

  /**
   * Makes a table for each benchmark of an evaluation. Runs that were evaluated with other settings
   * than the first of them are not compared.
   *
   * @param name the name of the evaluation
   * @param evaluations the runs that have it, in their order, at least one
   */
  public static List<FigureTable> of(String name, List<RunEvaluation> evaluations) {
    EvaluationRecord first = evaluations.get(0).record();
    List<String> notes = new ArrayList<>();
    List<RunEvaluation> comparable = new ArrayList<>();
    for (RunEvaluation evaluation : evaluations) {
      List<String> others = listDifferences(first, evaluation.record());
      if (others.isEmpty()) {
        comparable.add(evaluation);
      } else {
        notes.add(
            "Run %d was evaluated with other settings, so its figures cannot be compared: %s"
                .formatted(evaluation.run() + 1, String.join("; ", others)));
      }
    }
    Map<String, Map<Integer, List<FigureDifference>>> differences = compare(comparable);
    List<FigureTable> tables = new ArrayList<>();
    for (String benchmark : listBenchmarks(evaluations)) {
      tables.add(
          new FigureTable(
              name,
              benchmark,
              first.options(),
              notes,
              align(benchmark, evaluations, differences.getOrDefault(benchmark, Map.of()))));
    }
    return tables;
  }

  private static List<String> listDifferences(EvaluationRecord first, EvaluationRecord other) {
    Set<String> names = new TreeMap<>(first.options()).keySet();
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String here = other.options().getOrDefault(name, "not set");
      if (!SPEED.contains(name) && !first.options().get(name).equals(here)) {
        differences.add("%s is %s, not %s".formatted(name, here, first.options().get(name)));
      }
    }
    if (differences.isEmpty() && !first.modelHash().equals(other.modelHash())) {
      differences.add("its models have other weights");
    }
    return differences;
  }

  private static List<String> listBenchmarks(List<RunEvaluation> evaluations) {
    return evaluations.stream()
        .flatMap(evaluation -> evaluation.record().benchmarks().stream())
        .map(EvaluationRecord.Figures::benchmark)
        .distinct()
        .toList();
  }

  /** Returns the differences to the first run of the page, by benchmark and run. */
  private static Map<String, Map<Integer, List<FigureDifference>>> compare(
      List<RunEvaluation> evaluations) {
    Map<String, Map<Integer, List<FigureDifference>>> differences = new LinkedHashMap<>();
    if (evaluations.get(0).run() != FIRST_RUN || evaluations.size() < 2) {
      return differences;
    }
    List<EvaluatedImage> first = evaluations.get(0).images().get();
    FigureCalculator calculator = new FigureCalculator(Bootstrap.standard());
    for (RunEvaluation evaluation : evaluations.subList(1, evaluations.size())) {
      List<EvaluatedImage> second = evaluation.images().get();
      for (String benchmark : listBenchmarks(List.of(evaluation))) {
        differences
            .computeIfAbsent(benchmark, key -> new LinkedHashMap<>())
            .put(evaluation.run(), calculator.compare(Benchmarks.of(benchmark), first, second));
      }
    }
    return differences;
  }

  /** Names a figure. */
  private record Name(String figure, String category) {}

  private static List<FigureLine> align(
      String benchmark,
      List<RunEvaluation> evaluations,
      Map<Integer, List<FigureDifference>> differences) {
    Map<Name, Figure> figures = new LinkedHashMap<>();
    Map<Name, List<Cell>> cells = new LinkedHashMap<>();
    for (RunEvaluation evaluation : evaluations) {
      evaluation.record().benchmarks().stream()
          .filter(own -> own.benchmark().equals(benchmark))
          .flatMap(own -> own.figures().stream())
          .forEach(
              figure -> {
                Name name = new Name(figure.name(), figure.category());
                figures.putIfAbsent(name, figure);
                cells
                    .computeIfAbsent(name, key -> new ArrayList<>())
                    .add(toCell(evaluation.run(), figure));
              });
    }
    Map<Name, List<Difference>> compared = new LinkedHashMap<>();
    differences.forEach(
        (run, own) ->
            own.forEach(
                one ->
                    compared
                        .computeIfAbsent(
                            new Name(one.name(), one.category()), key -> new ArrayList<>())
                        .add(toDifference(run, one))));
    return figures.entrySet().stream()
        .map(
            entry ->
                new FigureLine(
                    entry.getKey().figure(),
                    entry.getKey().category(),
                    entry.getValue().unit().name().toLowerCase(Locale.ROOT),
                    entry.getValue().formula(),
                    entry.getValue().source(),
                    cells.get(entry.getKey()),
                    compared.getOrDefault(entry.getKey(), List.of())))
        .toList();
  }

  private static Cell toCell(int run, Figure figure) {
    return new Cell(
        run,
        figure.value(),
        finite(figure.interval().low()).orElse(null),
        finite(figure.interval().high()).orElse(null),
        figure.images(),
        figure.prompts());
  }

  private static Difference toDifference(int run, FigureDifference difference) {
    return new Difference(
        run,
        difference.value(),
        finite(difference.interval().low()).orElse(null),
        finite(difference.interval().high()).orElse(null),
        difference.prompts());
  }

  private static Optional<Double> finite(double value) {
    return Double.isFinite(value) ? Optional.of(value) : Optional.empty();
  }
}
