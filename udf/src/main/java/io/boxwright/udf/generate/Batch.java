package io.boxwright.udf.generate;

import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.text.Printable;
import io.boxwright.udf.table.ImageOutcome;
import io.boxwright.udf.table.ImageRequest;
import java.util.List;

/**
 * Images that are made together.
 *
 * @param places all rows of the batch
 * @param open those of the places whose images a call of the pipeline makes; padding stands at the
 *     others
 * @param planned the number of rows that were planned, before memory was too small
 */
record Batch(List<Place> places, List<Place> open, int planned) {

  private static final int MOST_CHARACTERS_OF_ID = 100;

  /** A row of a batch, the request that it makes, and the outcome once there is one. */
  static final class Place {

    private final ImageRequest image;
    private final GenerationRequest request;
    private ImageOutcome outcome;

    private Place(ImageRequest image, GenerationRequest request, ImageOutcome outcome) {
      this.image = image;
      this.request = request;
      this.outcome = outcome;
    }

    /** Creates the place of an image that the pipeline is asked for. */
    static Place of(ImageRequest image, GenerationRequest request) {
      return new Place(image, request, null);
    }

    /** Creates the place of an image that the pipeline is not asked for. */
    static Place closed(ImageRequest image, ImageOutcome outcome) {
      return new Place(image, GenerationRequest.PADDING, outcome);
    }

    /** Returns the objects that the image is asked for with. */
    List<LayoutObject> layout() {
      return request.objects();
    }

    /** Returns how the image ended; null if that is open or the image is not wanted. */
    ImageOutcome outcome() {
      return outcome;
    }

    void end(ImageOutcome end) {
      outcome = end;
    }
  }

  /** Creates a batch of all places that ask for an image. */
  static Batch of(List<Place> places, int planned) {
    List<Place> open = places.stream().filter(place -> !place.request.isPadding()).toList();
    return new Batch(places, open, planned);
  }

  /** Returns the number of rows, padding included. */
  int rows() {
    return places.size();
  }

  /** Returns the batch of some of the places. */
  Batch slice(int start, int end) {
    return of(places.subList(start, end), planned);
  }

  /** Returns the same rows with fewer images to make. */
  Batch only(List<Place> some) {
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
