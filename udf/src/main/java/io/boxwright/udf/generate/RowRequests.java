package io.boxwright.udf.generate;

import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.udf.table.ImageRequest;
import io.boxwright.udf.table.PromptRow;
import java.util.Optional;

/**
 * A maker of checked requests for images. The requests of a row differ only in their noise, so a
 * prompt is cut into tokens once.
 */
final class RowRequests {

  private final ImagePipeline pipeline;
  private final Guidance guidance;
  private final Optional<ImagePromptColumns> images;
  private PromptRow row; // the last one
  private GenerationRequest request; // of that row

  /**
   * Creates a maker.
   *
   * @param images the columns of the pictures, if the pipeline has an IP-Adapter
   */
  RowRequests(ImagePipeline pipeline, Guidance guidance, Optional<ImagePromptColumns> images) {
    this.pipeline = pipeline;
    this.guidance = guidance;
    this.images = images;
  }

  /**
   * Makes the request of an image.
   *
   * @throws IllegalArgumentException naming what is wrong with its row
   */
  GenerationRequest makeRequest(ImageRequest image) {
    if (image.prompt() != row) {
      GenerationRequest ofText = image.prompt().makeRequest(pipeline.tokenizer());
      GenerationRequest whole =
          images.map(columns -> ofText.withImagePrompt(columns.read(image.row()))).orElse(ofText);
      request = pipeline.checkRequest(whole, guidance);
      row = image.prompt();
    }
    return image.seeding().makeRequest(request, image.imageIndex(), image.images());
  }
}
