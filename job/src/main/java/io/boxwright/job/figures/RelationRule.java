package io.boxwright.job.figures;

/** The rule that says whether one box stands in a relation to another one. */
interface RelationRule {

  /** Returns whether the first box, in pixels, has the relation to the second one. */
  boolean holds(Relation relation, PixelBox first, PixelBox second);
}
