package io.boxwright.diffusion.metrics;

import io.boxwright.diffusion.scores.ImageScores;
import io.boxwright.diffusion.scores.ObjectScores;
import io.boxwright.diffusion.scores.ScoreGroup;
import io.boxwright.diffusion.scores.ScoreLabel;
import io.boxwright.diffusion.scores.ScoreNumber;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The scores of how well the attention of one row keeps to its layout.
 *
 * @param guided the means over the objects, over the layers that the guidance reads
 * @param heldOut the means over the objects, over layers that it does not read
 * @param objects one entry per object, in the layout's order
 */
public record LayoutAdherence(
    AdherenceScores guided, AdherenceScores heldOut, List<ObjectAdherence> objects)
    implements ImageScores {

  private static final String GUIDED = "guided";
  private static final String HELD_OUT = "held_out";

  private static final List<String> PATHS =
      Stream.of(GUIDED, HELD_OUT)
          .flatMap(layers -> ScoreNumber.paths(layers, AdherenceScores.NUMBERS).stream())
          .toList();

  /** The column {@code adherence}. */
  public static final ScoreGroup GROUP =
      new ScoreGroup(
          "adherence",
          "Layout adherence",
          PATHS,
          List.of(
              new ScoreLabel(GUIDED, "layers that guidance reads"),
              new ScoreLabel(HELD_OUT, "held-out layers")),
          PATHS,
          List.of(),
          List.of(
              new ScoreLabel("guided.in_box_mass", "attention in box, guided layers"),
              new ScoreLabel("held_out.in_box_mass", "attention in box, held-out layers"),
              new ScoreLabel("held_out.lift", "lift over chance, held-out layers")),
          Optional.of(new ScoreLabel("guided.in_box_mass", "in box")));

  /** Copies the list. */
  public LayoutAdherence {
    objects = List.copyOf(objects);
  }

  @Override
  public ScoreGroup group() {
    return GROUP;
  }

  @Override
  public Map<String, Double> imageNumbers() {
    return toNumbers(guided, heldOut);
  }

  @Override
  public List<ObjectScores> objectScores() {
    return objects.stream()
        .map(object -> new ObjectScores(toNumbers(object.guided(), object.heldOut()), Map.of()))
        .toList();
  }

  private static Map<String, Double> toNumbers(AdherenceScores guided, AdherenceScores heldOut) {
    Map<String, Double> numbers = new HashMap<>();
    numbers.putAll(ScoreNumber.values(GUIDED, AdherenceScores.NUMBERS, guided));
    numbers.putAll(ScoreNumber.values(HELD_OUT, AdherenceScores.NUMBERS, heldOut));
    return numbers;
  }
}
