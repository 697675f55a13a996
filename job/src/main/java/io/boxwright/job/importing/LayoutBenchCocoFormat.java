package io.boxwright.job.importing;

import io.boxwright.diffusion.layout.BoxForm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The JSON of LayoutBench-COCO: {@code [{caption, box_captions, boxes_normalized, id or
 * file_name}]}, with edges in 0..1. The category is the start of the file's name up to {@code
 * _layouts}, such as {@code count}; {@code all_layouts.json} has none.
 */
final class LayoutBenchCocoFormat implements LayoutFormat {

  private static final String LAYOUTS = "_layouts";

  @Override
  public List<Layout> read(List<SourceFile> files) throws IOException {
    List<Layout> layouts = new ArrayList<>();
    for (SourceFile file : files) {
      String skill = file.stem().replaceFirst(LAYOUTS + ".*", "");
      String category = skill.equals("all") || skill.equals(file.stem()) ? null : skill;
      for (FileValue entry : FileReaders.readJsonList(file)) {
        layouts.add(read(entry, category));
      }
    }
    return layouts;
  }

  private static Layout read(FileValue entry, String category) {
    FileValue id = entry.has("file_name") ? entry.field("file_name") : entry.field("id");
    List<FileValue> phrases = entry.field("box_captions").items();
    List<FileValue> boxes = entry.field("boxes_normalized").items(phrases.size());
    return Layout.of(entry.place(), id.text(), category, entry.field("caption").text())
        .withObjects(
            IntStream.range(0, phrases.size())
                .mapToObj(i -> readObject(phrases.get(i), boxes.get(i)))
                .toList());
  }

  private static PhraseBoxes readObject(FileValue phrase, FileValue box) {
    return new PhraseBoxes(
        phrase.text(), List.of(new SourceBox(box.numbers(), BoxForm.XYXY, Canvas.RELATIVE)));
  }
}
