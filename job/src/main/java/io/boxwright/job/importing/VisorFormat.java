package io.boxwright.job.importing;

import io.boxwright.job.figures.Expectation;
import io.boxwright.job.figures.Relation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The JSON of SR2D, the prompts of VISOR: two objects without boxes, and their relation. The
 * relations {@code and} and {@code single} expect nothing but the objects.
 */
final class VisorFormat implements LayoutFormat {

  private static final Map<String, Relation> RELATIONS =
      Map.of(
          "to the left of", Relation.LEFT_OF,
          "to the right of", Relation.RIGHT_OF,
          "above", Relation.ABOVE,
          "below", Relation.BELOW);

  @Override
  public List<Layout> read(List<SourceFile> files) throws IOException {
    List<Layout> layouts = new ArrayList<>();
    for (SourceFile file : files) {
      for (FileValue entry : FileReaders.readJsonList(file)) {
        String id = entry.field("unique_id").text();
        String relation = entry.field("rel_type").text();
        layouts.add(
            Layout.of(entry.place(), id, relation, entry.field("text").text())
                .withExpected(readExpected(entry, RELATIONS.get(relation))));
      }
    }
    return layouts;
  }

  private static List<Expectation> readExpected(FileValue entry, Relation relation) {
    List<Expectation> expected = new ArrayList<>();
    for (String field : List.of("obj_1_attributes", "obj_2_attributes")) {
      for (FileValue name : entry.field(field).items(1)) {
        if (!name.node().isNull()) {
          expected.add(Expectation.of(name.text()));
        }
      }
    }
    if (relation != null && expected.size() == 2) {
      expected.set(0, expected.get(0).withRelation(relation, 1));
    }
    return expected;
  }
}
