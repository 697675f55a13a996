package io.boxwright.udf.generate;

import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.text.Printable;
import io.boxwright.udf.table.ImageOutcome;
import io.boxwright.udf.table.ImageRequest;
import java.util.List;

/**
 * A batch of images that are made together.
 *
 * @param places the places of all rows of the batch
 * @param open the places whose images a call of the pipeline makes; the other places are padding
 * @param planned the number of rows that were planned, before memory was too small
 */
record Batch(List<Place> places, List<Place> open, int planned) {

  private static final int MOST_CHARACTERS_OF_ID = 100;

  /** A row of a batch, its request, and its outcome as soon as it has one. */
  static final class Place {

    private final ImageRequest image;
    private final GenerationRequest request;
    private ImageOutcome outcome;

    private Place(ImageRequest image, GenerationRequest request, ImageOutcome outcome) {
      this.image = image;
      this.request = request;
      this.outcome = outcome;
    }

    /** Creates the place of an image that the pipeline makes. */
    static Place of(ImageRequest image, GenerationRequest request) {
      return new Place(image, request, null);
    }

    /** Creates the place of an image that the pipeline does not make. */
    static Place closed(ImageRequest image, ImageOutcome outcome) {
      return new Place(image, GenerationRequest.PADDING, outcome);
    }

    /** Returns the objects that the request has. */
    List<LayoutObject> layout() {
      return request.objects();
    }

    /** Returns the outcome; null if the image is not made yet or not wanted. */
    ImageOutcome outcome() {
      return outcome;
    }

    void end(ImageOutcome end) {
      outcome = end;
    }
  }

  /** Creates a batch that makes the images of all its places. */
  static Batch of(List<Place> places, int planned) {
    List<Place> open = places.stream().filter(place -> !place.request.isPadding()).toList();
    return new Batch(places, open, planned);
  }

  /** Returns the number of rows, padding included. */
  int rows() {
    return places.size();
  }

  /** Returns a batch of the places from {@code start} to before {@code end}. */
  Batch slice(int start, int end) {
    return of(places.subList(start, end), planned);
  }

  /** Returns a batch of the same rows that makes fewer images. */
  Batch keepOnly(List<Place> some) {
    return new Batch(places, some, planned);
  }

  /** Returns the request for a row: {@link GenerationRequest#PADDING} unless it is open. */
  GenerationRequest request(Place place) {
    return open.contains(place) ? place.request : GenerationRequest.PADDING;
  }

  /** Returns the ids of the open rows in a form for people. */
  List<String> ids() {
    return open.stream()
        .map(place -> Printable.shortened(place.image.prompt().id(), MOST_CHARACTERS_OF_ID))
        .toList();
  }
}
