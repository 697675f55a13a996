package io.boxwright.diffusion.metrics;

import io.boxwright.diffusion.attention.TokenMap;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.CellMask;
import io.boxwright.diffusion.layout.CellRounding;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.layout.SmallBoxes;
import io.boxwright.diffusion.models.attention.MapSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A scorer of how well the attention of one row keeps to its layout. Boxes become cells as in the
 * {@code paper} preset, whatever the guidance used, so that scores are comparable.
 */
public final class AdherenceScorer {

  private final List<LayoutObject> objects;

  /** Makes a scorer of the given layout. */
  public AdherenceScorer(List<LayoutObject> objects) {
    this.objects = List.copyOf(objects);
  }

  /**
   * Scores a row.
   *
   * @param guided the function that gives the maps of a token in the layers that the guidance reads
   * @param heldOut the function that gives the maps of a token in layers that it does not read
   */
  public LayoutAdherence score(
      IntFunction<List<TokenMap>> guided, IntFunction<List<TokenMap>> heldOut) {
    List<ObjectAdherence> scored = new ArrayList<>();
    for (LayoutObject object : objects) {
      scored.add(new ObjectAdherence(scoreObject(object, guided), scoreObject(object, heldOut)));
    }
    return new LayoutAdherence(
        AdherenceScores.mean(scored.stream().map(ObjectAdherence::guided).toList()),
        AdherenceScores.mean(scored.stream().map(ObjectAdherence::heldOut).toList()),
        scored);
  }

  private AdherenceScores scoreObject(LayoutObject object, IntFunction<List<TokenMap>> maps) {
    return AdherenceScores.mean(
        object.tokenIndices().stream()
            .flatMap(token -> maps.apply(token).stream())
            .map(map -> scoreMap(object, map))
            .toList());
  }

  private AdherenceScores scoreMap(LayoutObject object, TokenMap map) {
    CellMask box = makeMask(object.boxes(), map.size());
    double inBoxMass = massInside(box, map) / map.mass();
    List<Integer> strongest = rankCells(map);
    return new AdherenceScores(
        inBoxMass,
        inBoxMass * map.size().positions() / box.size(),
        iou(box, strongest),
        box.covers(strongest.get(0)) ? 1 : 0,
        leakage(object, map));
  }

  private static CellMask makeMask(List<BoundingBox> boxes, MapSize size) {
    return new CellMask(
        boxes, size.height(), size.width(), CellRounding.TRUNCATE, SmallBoxes.SNAP_TO_CELL);
  }

  private static double massInside(CellMask mask, TokenMap map) {
    double sum = 0;
    for (int cell = 0; cell < map.values().length; cell++) {
      sum += mask.covers(cell) ? map.values()[cell] : 0;
    }
    return sum;
  }

  /** Ranks the cells from strong to weak. Equal ones keep their order. */
  private static List<Integer> rankCells(TokenMap map) {
    return IntStream.range(0, map.values().length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer cell) -> -map.values()[cell]))
        .toList();
  }

  /** Returns the intersection over union of the box and as many of the strongest cells. */
  private static double iou(CellMask box, List<Integer> strongest) {
    long shared = strongest.stream().limit(box.size()).filter(box::covers).count();
    return (double) shared / (2L * box.size() - shared);
  }

  /** Returns the share of mass inside the boxes of the other objects, 0 if there are none. */
  private double leakage(LayoutObject object, TokenMap map) {
    List<BoundingBox> others =
        objects.stream()
            .filter(other -> other != object)
            .flatMap(other -> other.boxes().stream())
            .toList();
    return massInside(makeMask(others, map.size()), map) / map.mass();
  }
}
