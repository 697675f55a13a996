package io.boxwright.job.exporting;

import io.boxwright.job.output.WholeFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The image folder of HuggingFace's {@code datasets}: {@code SPLIT/*.png} and {@code
 * SPLIT/metadata.jsonl}.
 */
final class ImageFolderDataset implements DatasetFormat {

  @Override
  public String name() {
    return "imagefolder";
  }

  @Override
  public String imagePath(SelectedImage image) {
    return "%s/%s".formatted(image.split(), image.name());
  }

  @Override
  public Map<String, WholeFiles.Content> makeDescriptions(
      SelectionFile selection, DatasetFacts facts) {
    Map<String, WholeFiles.Content> files = new LinkedHashMap<>();
    for (String split : facts.splits()) {
      if (facts.images().get(split) > 0) {
        files.put(split + "/metadata.jsonl", out -> write(out, selection, split, facts));
      }
    }
    return files;
  }

  private static void write(
      OutputStream out, SelectionFile selection, String split, DatasetFacts facts)
      throws IOException {
    selection.forEach(
        split,
        image -> {
          out.write(SelectionFile.JSON.writeValueAsBytes(describe(image, facts)));
          out.write('\n');
        });
  }

  private static Map<String, Object> describe(SelectedImage image, DatasetFacts facts) {
    Map<String, Object> objects = new LinkedHashMap<>();
    List<ClassBox> boxes = image.boxes();
    objects.put(
        "bbox", boxes.stream().map(box -> box.toPixels(image.width(), image.height())).toList());
    objects.put("categories", boxes.stream().map(ClassBox::label).toList());
    objects.put("iscrowd", boxes.stream().map(box -> box.crowd() ? 1 : 0).toList());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file_name", image.name());
    fields.put("text", image.prompt());
    fields.put("objects", objects);
    fields.put("width", image.width());
    fields.put("height", image.height());
    fields.putAll(Provenance.of(image, facts));
    fields.remove("prompt"); // it is the text
    return fields;
  }

  @Override
  public String cardHead(DatasetFacts facts) {
    StringBuilder yaml = new StringBuilder("configs:\n- config_name: default\n  data_files:\n");
    facts.images().entrySet().stream()
        .filter(split -> split.getValue() > 0)
        .map(Map.Entry::getKey)
        .forEach(
            split ->
                yaml.append("  - split: ")
                    .append(split)
                    .append("\n    path: ")
                    .append(split)
                    .append("/**\n"));
    return yaml.toString();
  }
}
