package io.boxwright.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.layout.BoxForm;
import io.boxwright.job.figures.Expectation;
import io.boxwright.job.figures.Relation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The JSON of NSR-1K, spatial and counting. Boxes are x, y, width and height in 0..1. Spatial rows
 * expect a relation between two objects, counting rows an exact number of each.
 */
final class Nsr1kFormat implements LayoutFormat {

  private static final Map<String, Relation> RELATIONS =
      Map.of(
          "left", Relation.LEFT_OF,
          "right", Relation.RIGHT_OF,
          "top", Relation.ABOVE,
          "bottom", Relation.BELOW,
          "next to", Relation.NEXT_TO);

  @Override
  public List<Layout> read(List<SourceFile> files) throws IOException {
    List<Layout> layouts = new ArrayList<>();
    for (SourceFile file : files) {
      for (FileValue entry : FileReaders.readJsonList(file)) {
        layouts.add(entry.has("object_list") ? readCounting(entry) : readSpatial(entry));
      }
    }
    return layouts;
  }

  private static Layout readSpatial(FileValue entry) {
    FileValue name = entry.field("relation");
    Relation relation = RELATIONS.get(name.text());
    if (relation == null) {
      throw name.failure(
          "it is '%s', but must be left, right, top, bottom or next to".formatted(name.text()));
    }
    List<PhraseBoxes> objects =
        Stream.of("obj1", "obj2").map(field -> readObject(entry.field(field))).toList();
    return make(entry, name.text(), objects)
        .withExpected(
            List.of(
                Expectation.of(objects.get(0).phrase()).withRelation(relation, 1),
                Expectation.of(objects.get(1).phrase())));
  }

  private static Layout readCounting(FileValue entry) {
    List<PhraseBoxes> objects =
        entry.field("object_list").items().stream().map(Nsr1kFormat::readObject).toList();
    List<Expectation> expected = new ArrayList<>();
    for (FileValue count : entry.field("num_object").items()) {
      List<FileValue> pair = count.items(2);
      int number = pair.get(1).wholeNumber();
      expected.add(count.make(() -> Expectation.exactly(number, pair.get(0).text())));
    }
    return make(entry, entry.field("sub-type").text(), objects).withExpected(expected);
  }

  private static Layout make(FileValue entry, String category, List<PhraseBoxes> objects) {
    Map<String, JsonNode> columns = new LinkedHashMap<>();
    for (String name : List.of("image_id", "type")) {
      entry.find(name).ifPresent(value -> columns.put(name, value.node()));
    }
    String id = entry.field("id").text();
    return Layout.of(entry.place(), id, category, entry.field("prompt").text())
        .withObjects(objects)
        .withColumns(columns);
  }

  private static PhraseBoxes readObject(FileValue object) {
    List<FileValue> pair = object.items(2);
    return new PhraseBoxes(
        pair.get(0).text(),
        List.of(new SourceBox(pair.get(1).numbers(), BoxForm.XYWH, Canvas.RELATIVE)));
  }
}
