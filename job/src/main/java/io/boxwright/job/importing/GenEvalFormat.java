package io.boxwright.job.importing;

import io.boxwright.job.figures.Expectation;
import io.boxwright.job.figures.Relation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The JSON lines of GenEval: prompts without boxes, and what their images must show. A class that
 * is excluded from a count on may occur less often than that.
 */
final class GenEvalFormat implements LayoutFormat {

  @Override
  public List<Layout> read(List<SourceFile> files) throws IOException {
    List<Layout> layouts = new ArrayList<>();
    for (SourceFile file : files) {
      int line = 0;
      for (FileValue entry : FileReaders.readJsonLines(file)) {
        String id = "%05d".formatted(line++);
        layouts.add(
            Layout.of(entry.place(), id, entry.field("tag").text(), entry.field("prompt").text())
                .withExpected(readExpected(entry)));
      }
    }
    return layouts;
  }

  private static List<Expectation> readExpected(FileValue entry) {
    List<FileValue> included = entry.field("include").items();
    List<Expectation> expected = new ArrayList<>();
    for (FileValue thing : included) {
      expected.add(readThing(thing, included.size()));
    }
    for (FileValue thing : entry.find("exclude").map(FileValue::items).orElse(List.of())) {
      exclude(thing, expected);
    }
    return expected;
  }

  private static Expectation readThing(FileValue thing, int things) {
    String label = thing.field("class").text();
    int count = thing.field("count").wholeNumber();
    Expectation expected =
        thing
            .make(() -> Expectation.of(label).withCounts(count, null))
            .withColor(thing.find("color").map(FileValue::text).orElse(null));
    Optional<FileValue> position = thing.find("position");
    if (position.isEmpty()) {
      return expected;
    }
    List<FileValue> pair = position.get().items(2);
    Relation relation = pair.get(0).make(() -> Relation.of(pair.get(0).text()));
    int other = pair.get(1).wholeNumber();
    if (other < 0 || other >= things) {
      throw pair.get(1).failure("there is no object %d".formatted(other));
    }
    return expected.withRelation(relation, other);
  }

  /** Limits a class that is expected, too; a class that is not may still occur less often. */
  private static void exclude(FileValue thing, List<Expectation> expected) {
    String label = thing.field("class").text();
    int most = thing.field("count").wholeNumber() - 1;
    for (int i = 0; i < expected.size(); i++) {
      Expectation there = expected.get(i);
      if (there.label().equals(label)) {
        expected.set(i, thing.make(() -> there.withCounts(there.minCount(), most)));
        return;
      }
    }
    expected.add(thing.make(() -> Expectation.of(label).withCounts(0, most)));
  }
}
