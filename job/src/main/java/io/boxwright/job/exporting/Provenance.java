package io.boxwright.job.exporting;

import java.util.LinkedHashMap;
import java.util.Map;

/** Where an image comes from, in the words that all formats use. */
final class Provenance {

  private Provenance() {}

  /** Returns the facts of an image by their names, in order. */
  static Map<String, Object> of(SelectedImage image, DatasetFacts facts) {
    ExportedRun.Origin run = facts.run(image);
    Map<String, Object> origin = new LinkedHashMap<>();
    origin.put("prompt", image.prompt());
    origin.put("seed", image.seed());
    origin.put("prompt_id", image.id());
    origin.put("image_index", image.imageIndex());
    origin.put("run", run.name());
    origin.put("model", run.model());
    origin.put("boxes_from", facts.boxSource());
    return origin;
  }
}
