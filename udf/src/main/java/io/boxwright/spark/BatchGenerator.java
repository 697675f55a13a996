package io.boxwright.spark;

import io.boxwright.guidance.LayoutGuidanceConfig;
import io.boxwright.pipelines.GeneratedImage;
import io.boxwright.pipelines.GenerationOptions;
import io.boxwright.pipelines.GenerationRequest;
import io.boxwright.pipelines.ImagePipeline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs batches of rows through a pipeline. A row that cannot be done becomes a failed outcome and
 * takes no other row with it.
 *
 * @param pipeline shared by the tasks of the executor
 * @param options of all batches
 * @param guidance of all batches
 */
record BatchGenerator(
    ImagePipeline pipeline, GenerationOptions options, LayoutGuidanceConfig guidance) {

  private static final Logger LOG = LoggerFactory.getLogger(BatchGenerator.class);

  /** One outcome for each request, in their order. */
  List<ImageOutcome> generate(List<ImageRequest> batch) {
    ImageOutcome[] outcomes = new ImageOutcome[batch.size()];
    List<GenerationRequest> requests = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < outcomes.length; i++) {
      try {
        requests.add(checkedRequest(batch.get(i)));
        places.add(i);
      } catch (IllegalArgumentException e) {
        outcomes[i] = ImageOutcome.refusal(e);
      } catch (RuntimeException e) {
        outcomes[i] = ImageOutcome.failure(e);
      }
    }
    List<ImageOutcome> made = together(requests);
    for (int i = 0; i < places.size(); i++) {
      outcomes[places.get(i)] = made.get(i);
    }
    return Arrays.asList(outcomes);
  }

  private GenerationRequest checkedRequest(ImageRequest image) {
    GenerationRequest request = image.prompt().request(pipeline, image.seed());
    pipeline.checkRequest(request, guidance);
    return request;
  }

  /** In one batch or, if that fails, each request alone, so that only the culprit is lost. */
  private List<ImageOutcome> together(List<GenerationRequest> requests) {
    if (requests.isEmpty()) {
      return List.of();
    }
    try {
      return timed(requests);
    } catch (RuntimeException e) {
      if (requests.size() == 1) {
        LOG.warn("Cannot generate {}", requests.get(0), e);
        return List.of(ImageOutcome.failure(e));
      }
      LOG.warn("A batch of {} failed; its rows are tried one by one", requests.size(), e);
      return requests.stream().flatMap(request -> together(List.of(request)).stream()).toList();
    }
  }

  private List<ImageOutcome> timed(List<GenerationRequest> requests) {
    List<GeneratedImage> images;
    double seconds;
    // The pipeline runs one batch at a time; waiting for another task's is not this one's time.
    synchronized (pipeline) {
      long start = System.nanoTime();
      images = pipeline.generate(requests, options, guidance);
      seconds = (System.nanoTime() - start) / 1e9 / requests.size();
    }
    return images.stream().map(image -> ImageOutcome.of(image, seconds)).toList();
  }
}
