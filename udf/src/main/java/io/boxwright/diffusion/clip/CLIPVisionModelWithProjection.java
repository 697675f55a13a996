package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.TorchKernels;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Transformers' {@code CLIPVisionModelWithProjection}: images to vectors of D numbers. Weights
 * belong to the manager that they were read with; threads may share it.
 */
public final class CLIPVisionModelWithProjection {

  private final CLIPVisionModel visionModel;
  private final Linear visualProjection;
  private final int channels;
  private final DataType dataType;

  private CLIPVisionModelWithProjection(
      CLIPVisionModel visionModel, Linear visualProjection, int channels, DataType dataType) {
    this.visionModel = visionModel;
    this.visualProjection = visualProjection;
    this.channels = channels;
    this.dataType = dataType;
  }

  /**
   * Creates the model, whose loader calls {@link StateDict#finish}.
   *
   * @param channels D, the length of the vectors
   * @param weights the tensors with {@code vision_model} and {@code visual_projection}
   */
  public static CLIPVisionModelWithProjection create(
      CLIPVisionConfig config, int channels, StateDict weights) {
    return create(config, channels, weights, weights.at("vision_model"));
  }

  /**
   * Creates the model where the vision model has a path of its own, as {@link
   * #create(CLIPVisionConfig, int, StateDict)}.
   *
   * @param weights the tensors with {@code visual_projection}
   * @param vision the tensors of the vision model
   */
  public static CLIPVisionModelWithProjection create(
      CLIPVisionConfig config, int channels, StateDict weights, StateDict vision) {
    return new CLIPVisionModelWithProjection(
        CLIPVisionModel.create(config, vision, "pre_layrnorm"), // spelled so
        Linear.loadWithoutBias(weights.at("visual_projection"), config.hiddenSize(), channels),
        channels,
        weights.dataType());
  }

  /**
   * Computes the {@code image_embeds} of images of any size, not normalised. The vector of an image
   * does not depend on the others.
   *
   * @param processor the preparation of the images, of the model's size
   * @param manager a manager on the device of the weights
   * @return one vector (D) for each image
   */
  public List<float[]> embedImages(
      ImageProcessor processor, List<BufferedImage> images, NDManager manager) {
    List<float[]> vectors = new ArrayList<>();
    try (GradMode ignored = GradMode.disabled()) {
      for (PixelBatch batch : PixelBatch.split(processor, images, manager)) {
        float[] values = embed(batch, manager);
        for (int i = 0; i < batch.size(); i++) {
          vectors.add(Arrays.copyOfRange(values, i * channels, (i + 1) * channels));
        }
      }
    }
    return vectors;
  }

  private float[] embed(PixelBatch batch, NDManager manager) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      NDArray embeds = imageEmbeds(batch.pixels(manager, dataType)); // (R, D)
      return TorchKernels.toType(embeds, DataType.FLOAT32).toFloatArray();
    }
  }

  /**
   * Computes the {@code image_embeds} of prepared images, not normalised.
   *
   * @param pixels (B, 3, H, W), H = W = {@code image_size}, of the type and device of the weights
   * @return (B, D)
   */
  public NDArray imageEmbeds(NDArray pixels) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      NDArray tokens = visionModel.forward(pixels); // (B, 1 + P, C)
      NDArray pooled = visionModel.normalize(tokens.get(":, 0")); // (B, C)
      return scope.keep(visualProjection.forward(pooled));
    }
  }

  /**
   * Computes the states before the last layer of prepared images: {@code hidden_states[-2]}.
   *
   * @param pixels as in {@link #imageEmbeds}
   * @return (B, 1 + P, C), not normalised
   */
  public NDArray hiddenStates(NDArray pixels) {
    return visionModel.forward(pixels, 1);
  }

  /** Returns D, the length of the vectors. */
  public int channels() {
    return channels;
  }
}
