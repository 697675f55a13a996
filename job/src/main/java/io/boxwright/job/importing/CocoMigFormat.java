package io.boxwright.job.importing;

import io.boxwright.diffusion.layout.BoxForm;
import io.boxwright.job.figures.Expectation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The YAML of COCO-MIG: {@code prompt: {phrase: [[x0,y0,x1,y1],...], coco_id: '6'}} in 0..1. The
 * category is the level, L2 to L6: the number of boxes. Each phrase expects its colour.
 */
final class CocoMigFormat implements LayoutFormat {

  private static final String ID = "coco_id";

  @Override
  public List<Layout> read(List<SourceFile> files) throws IOException {
    List<Layout> layouts = new ArrayList<>();
    for (SourceFile file : files) {
      for (Map.Entry<String, FileValue> entry : FileReaders.readYamlObject(file).entrySet()) {
        layouts.add(read(entry.getKey(), entry.getValue()));
      }
    }
    return layouts;
  }

  private static Layout read(String prompt, FileValue entry) {
    List<PhraseBoxes> objects = new ArrayList<>();
    List<Expectation> expected = new ArrayList<>();
    entry
        .fields()
        .forEach(
            (phrase, value) -> {
              if (!phrase.equals(ID)) {
                List<SourceBox> boxes = value.items().stream().map(CocoMigFormat::readBox).toList();
                objects.add(new PhraseBoxes(phrase, boxes));
                expected.add(Labels.expectColored(phrase).withCounts(boxes.size(), null));
              }
            });
    int boxes = objects.stream().mapToInt(object -> object.boxes().size()).sum();
    return Layout.of(entry.place(), entry.field(ID).text(), "L" + boxes, prompt)
        .withObjects(objects)
        .withExpected(expected);
  }

  private static SourceBox readBox(FileValue box) {
    return new SourceBox(box.numbers(), BoxForm.XYXY, Canvas.RELATIVE);
  }
}
