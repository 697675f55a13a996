package io.boxwright.job.exporting;

import io.boxwright.job.output.ExportFolder;
import io.boxwright.text.Redaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The plan of an export, written when the images are chosen and never changed.
 *
 * @param identity what determines the dataset, by name: options, and the content of the runs
 * @param facts what the dataset holds
 * @param parts the parts that tasks write
 */
public record ExportPlan(Map<String, String> identity, DatasetFacts facts, List<Part> parts) {

  /** The name of the file. */
  public static final String FILE = "_plan.json";

  /** Copies the list. */
  public ExportPlan {
    parts = List.copyOf(parts);
  }

  /** Returns what determines the dataset that settings make of runs, without secrets. */
  public static Map<String, String> identify(
      String version, ExportSettings settings, List<ExportedRun> runs) {
    Map<String, String> identity = new TreeMap<>();
    settings.options().forEach((name, value) -> identity.put(name, Redaction.of(value)));
    identity.put("version", version);
    runs.forEach(
        run ->
            identity.put("run " + run.number(), run.name() + " " + run.content().substring(0, 16)));
    return identity;
  }

  /**
   * Lists the differences to another identity, such as {@code where is a > 1 there, a > 2 here}.
   */
  public List<String> differences(Map<String, String> here) {
    Map<String, String> all = new TreeMap<>(identity);
    all.putAll(here);
    List<String> differences = new ArrayList<>();
    for (String name : all.keySet()) {
      if (!Objects.equals(identity.get(name), here.get(name))) {
        differences.add(
            "%s is %s there, %s here"
                .formatted(
                    name,
                    identity.getOrDefault(name, "not set"),
                    here.getOrDefault(name, "not set")));
      }
    }
    return differences;
  }

  /**
   * Writes the files of the format that describe all images, those that are not there yet.
   *
   * @return the number of files that were written
   */
  public int writeDescriptions(ExportFolder folder) {
    DatasetFormat format = DatasetFormats.of(facts.options().get("format"));
    int written = 0;
    for (var file : format.makeDescriptions(new SelectionFile(folder), facts).entrySet()) {
      if (!folder.has(file.getKey())) {
        folder.write(file.getKey(), file.getValue());
        written++;
      }
    }
    return written;
  }

  /** Returns the number of images. */
  public long images() {
    return facts.totalImages();
  }
}
