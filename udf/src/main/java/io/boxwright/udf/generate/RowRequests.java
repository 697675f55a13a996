package io.boxwright.udf.generate;

import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.udf.table.ImageRequest;
import io.boxwright.udf.table.PromptRow;

/**
 * A maker of checked requests for images. The requests of a row differ only in their seeds, so a
 * prompt is cut into tokens once.
 */
final class RowRequests {

  private final ImagePipeline pipeline;
  private final Guidance guidance;
  private PromptRow row; // the last one
  private GenerationRequest request; // of that row

  RowRequests(ImagePipeline pipeline, Guidance guidance) {
    this.pipeline = pipeline;
    this.guidance = guidance;
  }

  /**
   * Makes the request of an image.
   *
   * @throws IllegalArgumentException naming what is wrong with its row
   */
  GenerationRequest makeRequest(ImageRequest image) {
    if (image.prompt() != row) {
      request = pipeline.checkRequest(image.prompt().makeRequest(pipeline.tokenizer()), guidance);
      row = image.prompt();
    }
    return request.withSeed(image.seed());
  }
}
