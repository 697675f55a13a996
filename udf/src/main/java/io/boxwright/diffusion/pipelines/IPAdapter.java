package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.clip.CLIPImageProcessor;
import io.boxwright.diffusion.clip.CLIPVisionModelWithProjection;
import io.boxwright.diffusion.clip.PixelBatch;
import io.boxwright.diffusion.models.ImagePromptProjection;
import io.boxwright.diffusion.models.attention.ImagePrompts;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * An encoder of pictures for cross-attentions with an IP-Adapter: diffusers' {@code
 * prepare_ip_adapter_image_embeds}. Weights belong to the manager that they were read with.
 *
 * <p>Ye et al., <a href="https://arxiv.org/abs/2308.06721">IP-Adapter: Text Compatible Image Prompt
 * Adapter for Text-to-Image Diffusion Models</a>, 2023.
 */
final class IPAdapter {

  private final CLIPImageProcessor imageProcessor;
  private final CLIPVisionModelWithProjection imageEncoder;
  private final ImagePromptProjection projection;
  private final DataType dataType;

  /**
   * Creates an encoder.
   *
   * @param dataType the type of the weights
   */
  IPAdapter(
      CLIPImageProcessor imageProcessor,
      CLIPVisionModelWithProjection imageEncoder,
      ImagePromptProjection projection,
      DataType dataType) {
    this.imageProcessor = imageProcessor;
    this.imageEncoder = imageEncoder;
    this.projection = projection;
    this.dataType = dataType;
  }

  /**
   * Encodes the pictures of requests. A picture that several requests share is encoded once.
   *
   * @param run the manager that owns the result
   * @param requests B requests, at least one with a picture; the others are padding
   * @return B rows
   */
  ImagePrompts encode(NDManager run, List<GenerationRequest> requests) {
    Map<BufferedImage, Integer> places = new IdentityHashMap<>();
    List<BufferedImage> images = new ArrayList<>();
    long[] rows = new long[requests.size()];
    for (int row = 0; row < rows.length; row++) {
      BufferedImage image = requests.get(row).imagePrompt().map(ImagePrompt::image).orElse(null);
      if (image != null) {
        rows[row] = places.computeIfAbsent(image, key -> addTo(images, key));
      }
    }
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      NDArray distinct = encodeAll(run, images); // (images, T, D)
      return new ImagePrompts(
          scope.keep(TorchKernels.selectRows(distinct, run.create(rows))), // (B, T, D)
          scope.keep(makeScales(run, requests)));
    }
  }

  private static int addTo(List<BufferedImage> images, BufferedImage image) {
    images.add(image);
    return images.size() - 1;
  }

  /**
   * Encodes no picture, for the unconditional half of classifier-free guidance.
   *
   * @param run the manager that owns the result
   * @param requests B requests, whose scales hold here, too
   * @return B rows
   */
  ImagePrompts encodeNone(NDManager run, List<GenerationRequest> requests) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      int side = imageProcessor.size();
      NDArray none =
          switch (projection.input()) {
            case IMAGE_EMBEDS -> run.zeros(new Shape(1, imageEncoder.channels()), dataType);
            case HIDDEN_STATES ->
                imageEncoder.hiddenStates(run.zeros(new Shape(1, 3, side, side), dataType));
          };
      NDArray projected = projection.forward(none); // (1, T, D)
      return new ImagePrompts(
          scope.keep(projected.repeat(0, requests.size())), // (B, T, D)
          scope.keep(makeScales(run, requests)));
    }
  }

  /** Encodes pictures, (images, T, D); the states of one do not depend on the others. */
  private NDArray encodeAll(NDManager run, List<BufferedImage> images) {
    NDList parts = new NDList();
    for (PixelBatch batch : PixelBatch.split(imageProcessor, images, run)) {
      NDArray pixels = batch.pixels(run, dataType); // (R, 3, S, S)
      NDArray encoded =
          switch (projection.input()) {
            case IMAGE_EMBEDS -> imageEncoder.imageEmbeds(pixels); // (R, D)
            case HIDDEN_STATES -> imageEncoder.hiddenStates(pixels); // (R, 1 + P, C)
          };
      parts.add(projection.forward(encoded).get(":" + batch.size())); // (size, T, D)
    }
    return NDArrays.concat(parts, 0);
  }

  /** Makes the scales of all rows, (B, 1, 1, 1); padding has 0. */
  private NDArray makeScales(NDManager run, List<GenerationRequest> requests) {
    float[] scales = new float[requests.size()];
    for (int row = 0; row < scales.length; row++) {
      scales[row] =
          requests.get(row).imagePrompt().map(ImagePrompt::scale).orElse(0.0).floatValue();
    }
    NDArray created = run.create(scales, new Shape(scales.length, 1, 1, 1));
    // The created array itself: DJL frees the memory of these numbers with it, and a conversion to
    // the type that it has would only be another view of them.
    return dataType == DataType.FLOAT32 ? created : TorchKernels.toType(created, dataType);
  }
}
