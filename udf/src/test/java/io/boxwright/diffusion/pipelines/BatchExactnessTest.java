package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.BatchShape;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.guidance.GuidanceTrace;
import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.metrics.LayoutAdherence;
import io.boxwright.testing.Fixtures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * In a batch of a fixed shape, a row gives the same bytes and scores whatever the other rows are.
 */
class BatchExactnessTest {

  private static final int ROWS = 4;

  /** A threshold that is high enough for some rows to finish before others. */
  private static final Guidance GUIDANCE =
      BackwardGuidance.paper()
          .with("max_guidance_steps", 1)
          .with("max_iterations_per_step", 2)
          .with("loss_threshold", 0.5);

  private static final GenerationRequest ROW =
      request("a red circle", 1, object(2, 0.1, 0.2, 0.5, 0.8), object(3, 0.1, 0.2, 0.5, 0.8));

  private static final List<GenerationRequest> NEIGHBOURS =
      List.of(
          request("a blue star on a gray background", 2, object(3, 0, 0, 1, 1)),
          request("a green square", 3),
          request(
              "a red circle",
              4,
              object(1, 0.6, 0.6, 0.7, 0.7),
              object(2, 0, 0, 0.4, 0.4),
              object(3, 0.5, 0, 1, 0.4)));

  @Test
  void aRowOfTheTinyModelGivesTheSameBytesInAnyCompany() {
    assertSameInAnyCompany(Fixtures.sd1(), GenerationOptions.defaults().withSize(64, 64));
  }

  @Test
  void aRowOfTheShapesModelGivesTheSameBytesInAnyCompany() {
    assertSameInAnyCompany(
        Path.of("..", "datasets", "shapes", "pipeline"), GenerationOptions.defaults());
  }

  private static void assertSameInAnyCompany(Path folder, GenerationOptions sized) {
    GenerationOptions options = sized.withNumInferenceSteps(2).withBatchShape(BatchShape.FIXED);
    try (LayoutGuidanceStableDiffusionPipeline pipeline =
        LayoutGuidanceStableDiffusionPipeline.fromPretrained(folder, PretrainedOptions.cpu())) {
      for (int place : new int[] {0, ROWS - 1}) {
        assertThat(made(pipeline, options, place, batch(place, NEIGHBOURS)))
            .as("at place %d", place)
            .isEqualTo(made(pipeline, options, place, batch(place, List.of())));
      }
    }
  }

  /** Puts the row at a place among others, with padding where there are too few. */
  private static List<GenerationRequest> batch(int place, List<GenerationRequest> neighbours) {
    List<GenerationRequest> rows =
        new ArrayList<>(Collections.nCopies(ROWS, GenerationRequest.PADDING));
    rows.set(place, ROW);
    List<Integer> places = IntStream.range(0, ROWS).filter(i -> i != place).boxed().toList();
    for (int i = 0; i < neighbours.size(); i++) {
      rows.set(places.get(i), neighbours.get(i));
    }
    return rows;
  }

  /**
   * The values that are compared.
   *
   * @param png the bytes of the image
   * @param scores the exact scores of its layout
   * @param guidance the exact record of the guidance
   */
  private record Made(List<Byte> png, Optional<LayoutAdherence> scores, GuidanceTrace guidance) {}

  private static Made made(
      LayoutGuidanceStableDiffusionPipeline pipeline,
      GenerationOptions options,
      int place,
      List<GenerationRequest> batch) {
    GeneratedImage image = pipeline.generate(batch, options, GUIDANCE).get(place);
    List<Byte> png = new ArrayList<>();
    for (byte value : PngEncoder.encode(image.image())) {
      png.add(value);
    }
    return new Made(png, image.adherence(), image.guidance());
  }

  private static GenerationRequest request(String prompt, long seed, LayoutObject... objects) {
    return new GenerationRequest(prompt, seed, List.of(objects));
  }

  private static LayoutObject object(
      int token, double xMin, double yMin, double xMax, double yMax) {
    return new LayoutObject("", List.of(token), List.of(new BoundingBox(xMin, yMin, xMax, yMax)));
  }
}
