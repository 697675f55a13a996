package io.boxwright.job.evaluation;

import io.boxwright.job.figures.AveragePrecision;
import io.boxwright.job.figures.Benchmark;
import io.boxwright.job.figures.BenchmarkFigures;
import io.boxwright.job.figures.Benchmarks;
import io.boxwright.job.figures.Bootstrap;
import io.boxwright.job.figures.ClipMeans;
import io.boxwright.job.figures.EvaluatedImage;
import io.boxwright.job.figures.Figure;
import io.boxwright.job.figures.FigureCalculator;
import io.boxwright.job.figures.ImageStatus;
import io.boxwright.job.figures.LabelSource;
import io.boxwright.job.figures.LayoutAccuracy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The file {@code evaluation.json}: what an evaluation found out about a run.
 *
 * @param images the number of images, including failed ones
 * @param failed the number of images that were not made or could not be evaluated; they count in no
 *     figure
 * @param options the settings of the evaluation, by name
 * @param modelHash the hash of the detector and of CLIP
 * @param benchmarks the figures of each benchmark
 */
public record EvaluationRecord(
    long images,
    long failed,
    Map<String, String> options,
    String modelHash,
    List<Figures> benchmarks) {

  /**
   * The figures of a benchmark.
   *
   * @param benchmark the name
   * @param figures the figures: over all images first, then by category
   */
  public record Figures(String benchmark, List<Figure> figures) {

    /** Copies the list. */
    public Figures {
      figures = List.copyOf(figures);
    }
  }

  /** Copies the collections. */
  public EvaluationRecord {
    options = new TreeMap<>(options);
    benchmarks = List.copyOf(benchmarks);
  }

  /** Returns whether another evaluation has the same settings and models. */
  public boolean isComparable(EvaluationRecord other) {
    return options.equals(other.options) && modelHash.equals(other.modelHash);
  }

  /** Computes the figures of images. */
  public static EvaluationRecord of(EvaluationSettings settings, List<EvaluatedImage> images) {
    FigureCalculator calculator = new FigureCalculator(Bootstrap.standard());
    List<Figures> figures = new ArrayList<>();
    for (Benchmark benchmark : choose(settings)) {
      BenchmarkFigures result = calculator.calculate(benchmark, images);
      if (!result.figures().isEmpty()) {
        figures.add(new Figures(result.benchmark(), result.figures()));
      }
    }
    return new EvaluationRecord(
        images.size(),
        images.stream().filter(image -> image.status() == ImageStatus.ERROR).count(),
        settings.options(),
        settings.modelHash(),
        figures);
  }

  /** Returns the number of images that were made and evaluated. */
  long evaluated() {
    return images - failed;
  }

  /** Returns the name of the benchmark that was asked for, if there was one. */
  Optional<String> askedBenchmark() {
    return Optional.ofNullable(options.get(EvaluationSettings.BENCHMARK))
        .filter(name -> !name.equals(EvaluationSettings.NONE));
  }

  /**
   * Chooses the benchmark itself, or the accuracy of 7Bench without one; average precision if the
   * phrases of the boxes were looked for; and the means of CLIP. The last two have no figures for
   * tables without boxes or CLIP scores.
   */
  private static List<Benchmark> choose(EvaluationSettings settings) {
    List<Benchmark> benchmarks = new ArrayList<>();
    boolean phrases = settings.detector() != null && settings.source() == LabelSource.PHRASES;
    if (settings.benchmark() != null) {
      benchmarks.add(Benchmarks.of(settings.benchmark()));
    } else if (phrases) {
      benchmarks.add(LayoutAccuracy.sevenBench());
    }
    if (phrases) {
      addUnlessThere(new AveragePrecision(), benchmarks);
    }
    addUnlessThere(new ClipMeans(), benchmarks);
    return benchmarks;
  }

  private static void addUnlessThere(Benchmark benchmark, List<Benchmark> benchmarks) {
    if (benchmarks.stream().noneMatch(there -> there.name().equals(benchmark.name()))) {
      benchmarks.add(benchmark);
    }
  }
}
