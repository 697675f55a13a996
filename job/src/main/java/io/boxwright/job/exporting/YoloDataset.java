package io.boxwright.job.exporting;

import io.boxwright.job.output.WholeFiles;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * YOLO, as Ultralytics reads it: {@code images/SPLIT/*.png}, {@code labels/SPLIT/*.txt} with a line
 * {@code class cx cy w h} for each box, and {@code data.yaml}. An image without boxes has an empty
 * file of labels.
 */
final class YoloDataset implements DatasetFormat {

  @Override
  public String name() {
    return "yolo";
  }

  @Override
  public String imagePath(SelectedImage image) {
    return "images/%s/%s".formatted(image.split(), image.name());
  }

  @Override
  public Map<String, byte[]> makeSideFiles(SelectedImage image, DatasetFacts facts) {
    StringBuilder lines = new StringBuilder();
    for (ClassBox box : image.boxes()) {
      lines.append(
          String.format(
              Locale.ROOT,
              "%d %.8f %.8f %.8f %.8f\n",
              facts.number(box.label()),
              (box.xMin() + box.xMax()) / 2,
              (box.yMin() + box.yMax()) / 2,
              box.xMax() - box.xMin(),
              box.yMax() - box.yMin()));
    }
    return Map.of(
        "labels/%s/%s.txt".formatted(image.split(), image.stem()),
        lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Map<String, WholeFiles.Content> makeDescriptions(
      SelectionFile selection, DatasetFacts facts) {
    return Map.of("data.yaml", out -> out.write(describe(facts).getBytes(StandardCharsets.UTF_8)));
  }

  /** Ultralytics demands the splits train and val; another one stands for one without images. */
  private static String describe(DatasetFacts facts) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("# Images that Boxwright ").append(facts.version()).append(" generated.\n");
    for (ExportedRun.Origin run : facts.runs()) {
      yaml.append("# Run ").append(run.name());
      yaml.append(": model ").append(run.model()).append(", plan ").append(run.plan());
      yaml.append("\n");
    }
    yaml.append("# Boxes: ").append(facts.boxSource());
    yaml.append(". Prompts and seeds: _selection.jsonl.\n");
    List<String> splits =
        facts.splits().stream().filter(split -> facts.images().get(split) > 0).toList();
    for (String wanted : List.of("train", "val")) {
      if (!splits.contains(wanted)) {
        yaml.append("# There are no images in a split ").append(wanted).append(".\n");
        yaml.append(wanted).append(": images/").append(splits.get(0)).append("\n");
      }
    }
    splits.forEach(split -> yaml.append(split).append(": images/").append(split).append("\n"));
    yaml.append("names:\n");
    for (String label : facts.classes()) {
      yaml.append("  ").append(facts.number(label)).append(": ").append(Yaml.quote(label));
      yaml.append("\n");
    }
    yaml.append("license: ");
    yaml.append(Yaml.quote(facts.license() == null ? "not stated" : facts.license()));
    return yaml.append("\n").toString();
  }
}
