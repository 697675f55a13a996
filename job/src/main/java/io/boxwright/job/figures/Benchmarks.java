package io.boxwright.job.figures;

import java.util.List;

/** The benchmarks by their names. */
public final class Benchmarks {

  private static final double GENEVAL_COUNTING_THRESHOLD = 0.9;

  private static final List<Benchmark> ALL =
      List.of(
          LayoutAccuracy.sevenBench(),
          LayoutAccuracy.cBench(),
          LayoutAccuracy.oBench(),
          new Visor(),
          new Lmd(),
          new CocoMig(),
          new Nsr1k(),
          new Hrs(),
          new GenEval(GENEVAL_COUNTING_THRESHOLD),
          new AveragePrecision(),
          new ClipMeans());

  private Benchmarks() {}

  /** Returns the names, in the order of the documents. */
  public static List<String> names() {
    return ALL.stream().map(Benchmark::name).toList();
  }

  /**
   * Returns a benchmark.
   *
   * @param name the name, in any case
   * @throws IllegalArgumentException naming the name and all known ones
   */
  public static Benchmark of(String name) {
    return ALL.stream()
        .filter(benchmark -> benchmark.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Unknown benchmark '%s'; known are %s"
                        .formatted(name, String.join(", ", names()))));
  }
}
