package io.boxwright.udf.generate;

import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.text.Printable;
import io.boxwright.udf.table.ImageOutcome;
import io.boxwright.udf.table.ImageRequest;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Images that are made together. Lists go by place.
 *
 * @param images what is to be made
 * @param requests what the pipeline is asked for; {@link GenerationRequest#PADDING} where nothing
 *     is to be made
 * @param outcomes how the images ended; null where that is open
 * @param planned how many images should be made together, were there memory enough
 */
record Batch(
    List<ImageRequest> images,
    List<GenerationRequest> requests,
    List<ImageOutcome> outcomes,
    int planned) {

  private static final int MOST_CHARACTERS_OF_ID = 100;

  /** How many rows it has, padding included. */
  int rows() {
    return requests.size();
  }

  /** Places where an image is to be made. */
  List<Integer> places() {
    return IntStream.range(0, rows())
        .filter(place -> !requests.get(place).isPadding())
        .boxed()
        .toList();
  }

  /** Some of its images from a place on. Shares the outcomes. */
  Batch slice(int start, int rows) {
    int end = start + rows;
    return new Batch(
        images.subList(start, end),
        requests.subList(start, end),
        outcomes.subList(start, end),
        planned);
  }

  /** The same with padding at all places but some. Shares the outcomes. */
  Batch only(List<Integer> places) {
    List<GenerationRequest> kept =
        IntStream.range(0, rows())
            .mapToObj(
                place -> places.contains(place) ? requests.get(place) : GenerationRequest.PADDING)
            .toList();
    return new Batch(images, kept, outcomes, planned);
  }

  /** The ids of the rows whose images are to be made, for people. */
  List<String> ids() {
    return places().stream()
        .map(place -> Printable.shortened(images.get(place).prompt().id(), MOST_CHARACTERS_OF_ID))
        .toList();
  }
}
