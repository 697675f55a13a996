package io.boxwright.job.exporting;

import com.fasterxml.jackson.core.JsonGenerator;
import io.boxwright.job.output.WholeFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * COCO: {@code images/SPLIT/*.png} and {@code annotations/instances_SPLIT.json}. The file of
 * annotations is written as a stream.
 */
final class CocoDataset implements DatasetFormat {

  @Override
  public String name() {
    return "coco";
  }

  @Override
  public String imagePath(SelectedImage image) {
    return "images/%s/%s".formatted(image.split(), image.name());
  }

  @Override
  public Map<String, WholeFiles.Content> makeDescriptions(
      SelectionFile selection, DatasetFacts facts) {
    Map<String, WholeFiles.Content> files = new LinkedHashMap<>();
    for (String split : facts.splits()) {
      files.put(
          "annotations/instances_%s.json".formatted(split),
          out -> write(out, selection, split, facts));
    }
    return files;
  }

  private static void write(
      OutputStream out, SelectionFile selection, String split, DatasetFacts facts)
      throws IOException {
    try (JsonGenerator json = SelectionFile.JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeObjectField("info", makeInfo(facts));
      json.writeObjectField("licenses", listLicenses(facts));
      json.writeObjectField("categories", listCategories(facts));
      json.writeArrayFieldStart("images");
      selection.forEach(split, image -> json.writeObject(makeImage(image, facts)));
      json.writeEndArray();
      json.writeArrayFieldStart("annotations");
      long[] number = {firstAnnotation(facts, split)};
      selection.forEach(split, image -> writeBoxes(json, image, facts, number));
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  /** Annotations are numbered across splits, from 1. */
  private static long firstAnnotation(DatasetFacts facts, String split) {
    List<String> before = facts.splits().subList(0, facts.splits().indexOf(split));
    return 1
        + facts.boxes().values().stream()
            .flatMap(bySplit -> before.stream().map(name -> bySplit.getOrDefault(name, 0L)))
            .mapToLong(Long::longValue)
            .sum();
  }

  private static Map<String, Object> makeInfo(DatasetFacts facts) {
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("description", "Images that Boxwright generated, see README.md");
    info.put("version", facts.version());
    info.put("date_created", facts.runs().get(facts.runs().size() - 1).created());
    info.put("boxes", facts.boxSource());
    info.put("runs", facts.runs());
    info.put("export", facts.options());
    return info;
  }

  private static List<Map<String, Object>> listLicenses(DatasetFacts facts) {
    return facts.license() == null
        ? List.of()
        : List.of(Map.of("id", 1, "name", facts.license(), "url", ""));
  }

  private static List<Map<String, Object>> listCategories(DatasetFacts facts) {
    List<Map<String, Object>> categories = new ArrayList<>();
    for (String label : facts.classes()) {
      Map<String, Object> category = new LinkedHashMap<>();
      category.put("id", categories.size() + 1);
      category.put("name", label);
      categories.add(category);
    }
    return categories;
  }

  private static Map<String, Object> makeImage(SelectedImage image, DatasetFacts facts) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", image.number());
    fields.put("file_name", image.name());
    fields.put("width", image.width());
    fields.put("height", image.height());
    if (facts.license() != null) {
      fields.put("license", 1);
    }
    fields.putAll(Provenance.of(image, facts));
    return fields;
  }

  private static void writeBoxes(
      JsonGenerator json, SelectedImage image, DatasetFacts facts, long... number)
      throws IOException {
    for (ClassBox box : image.boxes()) {
      double[] pixels = box.toPixels(image.width(), image.height());
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("id", number[0]++);
      fields.put("image_id", image.number());
      fields.put("category_id", facts.number(box.label()) + 1);
      fields.put("bbox", pixels);
      fields.put("area", pixels[2] * pixels[3]);
      fields.put("iscrowd", box.crowd() ? 1 : 0);
      fields.put("phrase", box.phrase());
      if (box.score() != null) {
        fields.put("detector_score", box.score());
      }
      json.writeObject(fields);
    }
  }
}
