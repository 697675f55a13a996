package io.boxwright.job.benchmark;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.clip.PhraseMatch;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Requests of a batch: two objects a row, in words that every tokenizer here knows, with boxes that
 * no other of the first 50 rows has. Prompts repeat after 49 rows.
 */
final class BenchmarkRequests {

  private static final List<String> COLOURS =
      List.of("red", "green", "blue", "yellow", "purple", "orange", "pink");

  private static final double SHIFT = 0.1;
  private static final int PLACES = 5;
  private static final double SIZE = 0.4;
  private static final double SHRINKING = 0.02;
  private static final int SIZES = 10;

  private BenchmarkRequests() {}

  /** Creates as many requests as rows, for a pipeline. */
  static List<GenerationRequest> create(ImagePipeline pipeline, int rows) {
    return IntStream.range(0, rows)
        .mapToObj(row -> makeRequest(pipeline.tokenizer(), row))
        .toList();
  }

  private static GenerationRequest makeRequest(CLIPTokenizer tokenizer, int row) {
    String left = "%s circle".formatted(colour(row));
    String right = "%s square".formatted(colour(row / COLOURS.size()));
    String prompt = "a %s and a %s".formatted(left, right);
    double size = SIZE - SHRINKING * (row / PLACES % SIZES);
    double top = SHIFT * (row % PLACES);
    List<PhraseMatch> matches =
        tokenizer.findPhrases(tokenizer.encode(prompt), List.of(left, right));
    List<LayoutObject> objects =
        List.of(
            makeObject(left, matches.get(0), makeBox(0.05, 0.1 + top, size)),
            makeObject(right, matches.get(1), makeBox(0.55, 0.5 - top, size)));
    return new GenerationRequest(prompt, row, objects);
  }

  private static String colour(int number) {
    return COLOURS.get(number % COLOURS.size());
  }

  private static BoundingBox makeBox(double xMin, double yMin, double size) {
    return new BoundingBox(xMin, yMin, xMin + size, yMin + size);
  }

  private static LayoutObject makeObject(String phrase, PhraseMatch match, BoundingBox box) {
    return new LayoutObject(phrase, match.tokenIndices(), List.of(box));
  }
}
