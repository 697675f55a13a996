package io.boxwright.job.importing;

import io.boxwright.diffusion.layout.BoxForm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The JSON of BoxDiff: {@code [{filename, objects: {name: [x0,y0,x1,y1]}}]} in pixels of 512x512.
 * The prompt is the first folder of the file's name, with blanks for underscores.
 */
final class BoxDiffFormat implements LayoutFormat {

  @Override
  public List<Layout> read(List<SourceFile> files) throws IOException {
    List<Layout> layouts = new ArrayList<>();
    for (SourceFile file : files) {
      for (FileValue entry : FileReaders.readJsonList(file)) {
        layouts.add(read(entry));
      }
    }
    return layouts;
  }

  private static Layout read(FileValue entry) {
    FileValue name = entry.field("filename");
    String[] parts = name.text().split("/");
    if (parts.length < 2) {
      throw name.failure("it is '%s', but must be PROMPT/NUMBER.png".formatted(name.text()));
    }
    List<PhraseBoxes> objects = new ArrayList<>();
    for (Map.Entry<String, FileValue> object : entry.field("objects").fields().entrySet()) {
      SourceBox box = new SourceBox(object.getValue().numbers(), BoxForm.XYXY, Canvas.OF_512);
      objects.add(new PhraseBoxes(object.getKey(), List.of(box)));
    }
    return Layout.of(entry.place(), name.text(), null, parts[0].replace('_', ' '))
        .withObjects(objects);
  }
}
