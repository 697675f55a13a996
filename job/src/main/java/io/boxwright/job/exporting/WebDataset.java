package io.boxwright.job.exporting;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * WebDataset: {@code SPLIT/00000.tar} and so on, with {@code KEY.png}, {@code KEY.json} and the
 * prompt in {@code KEY.txt}. Keys are the numbers of the images.
 */
final class WebDataset implements DatasetFormat {

  @Override
  public String name() {
    return "webdataset";
  }

  @Override
  public boolean isSharded() {
    return true;
  }

  @Override
  public String imagePath(SelectedImage image) {
    return key(image) + ".png";
  }

  private static String key(SelectedImage image) {
    return "%09d".formatted(image.number());
  }

  @Override
  public Map<String, byte[]> makeSideFiles(SelectedImage image, DatasetFacts facts)
      throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(key(image) + ".json", SelectionFile.JSON.writeValueAsBytes(describe(image, facts)));
    files.put(key(image) + ".txt", image.prompt().getBytes(StandardCharsets.UTF_8));
    return files;
  }

  private static Map<String, Object> describe(SelectedImage image, DatasetFacts facts) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file_name", image.name());
    fields.put("width", image.width());
    fields.put("height", image.height());
    fields.putAll(Provenance.of(image, facts));
    fields.put("license", facts.license() == null ? "not stated" : facts.license());
    List<Map<String, Object>> objects = new ArrayList<>();
    for (ClassBox box : image.boxes()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("category", box.label());
      object.put("category_id", facts.number(box.label()));
      object.put("bbox", box.toPixels(image.width(), image.height()));
      object.put("iscrowd", box.crowd() ? 1 : 0);
      object.put("phrase", box.phrase());
      if (box.score() != null) {
        object.put("detector_score", box.score());
      }
      objects.add(object);
    }
    fields.put("objects", objects);
    return fields;
  }
}
