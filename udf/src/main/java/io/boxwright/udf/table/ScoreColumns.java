package io.boxwright.udf.table;

import io.boxwright.diffusion.detection.DetectionScorer;
import io.boxwright.diffusion.detection.LayoutDetection;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.metrics.LayoutAdherence;
import io.boxwright.udf.table.ScoreColumn.Source;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;

/**
 * The scores of image tables, in the order of their columns. A new score needs a class that
 * implements {@link io.boxwright.diffusion.scores.ImageScores}, and a line here.
 */
public final class ScoreColumns {

  private static final List<ScoreColumn> ALL =
      List.of(
          new ScoreColumn(
              LayoutAdherence.GROUP,
              Source.IMAGE,
              scored -> ScoreOutcome.of(scored.image().adherence())),
          new ScoreColumn(LayoutDetection.GROUP, Source.DETECTOR, ScoreColumns::scoreDetection));

  private ScoreColumns() {}

  /** Returns all scores. */
  public static List<ScoreColumn> all() {
    return ALL;
  }

  /** Returns the scores of a run without a detector. */
  public static List<ScoreColumn> withoutDetector() {
    return ALL.stream().filter(column -> column.source() != Source.DETECTOR).toList();
  }

  /** Returns the scores of an image table. */
  public static List<ScoreColumn> in(StructType images) {
    List<String> names = Arrays.asList(images.fieldNames());
    return ALL.stream().filter(column -> names.contains(column.group().name())).toList();
  }

  /** Scores the result of the detector. */
  private static ScoreOutcome scoreDetection(ScoredImage scored) {
    return scored
        .detection()
        .map(outcome -> scoreDetections(outcome, scored.layout()))
        .orElse(ScoreOutcome.NONE);
  }

  private static ScoreOutcome scoreDetections(DetectionOutcome outcome, List<LayoutObject> layout) {
    return outcome
        .refusal()
        .map(why -> new ScoreOutcome(Optional.empty(), List.of("No detection: " + why)))
        .orElseGet(
            () ->
                ScoreOutcome.of(
                    Optional.of(new DetectionScorer(layout).score(outcome.detections()))));
  }
}
