package io.boxwright.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.AbstractSymbolBlock;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import ai.djl.util.passthrough.PassthroughNDArray;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import java.util.Iterator;
import java.util.List;

/** A pipeline as a block: a list of requests goes in, and a list of their images comes out. */
final class PipelineBlock extends AbstractSymbolBlock {

  private final ImagePipeline pipeline;
  private final ImageSettings settings;

  PipelineBlock(ImagePipeline pipeline, ImageSettings settings) {
    this.pipeline = pipeline;
    this.settings = settings;
  }

  /**
   * Makes the images of all requests in one batch. A translator's answer to a request that it
   * refused goes through unchanged.
   */
  @Override
  protected NDList forwardInternal(
      ParameterStore parameterStore,
      NDList inputs,
      boolean training,
      PairList<String, Object> params) {
    List<Object> values = inputs.stream().map(PipelineBlock::unwrap).toList();
    Iterator<GeneratedImage> images =
        generate(
                values.stream()
                    .filter(GenerationRequest.class::isInstance)
                    .map(GenerationRequest.class::cast)
                    .toList())
            .iterator();
    NDList outputs = new NDList();
    values.stream()
        .map(value -> value instanceof GenerationRequest ? images.next() : value)
        .map(PassthroughNDArray::new)
        .forEach(outputs::add);
    return outputs;
  }

  /** Returns nothing: the pipeline owns its weights. */
  @Override
  public ParameterList getDirectParameters() {
    return new ParameterList();
  }

  private List<GeneratedImage> generate(List<GenerationRequest> requests) {
    return requests.isEmpty()
        ? List.of()
        : pipeline.generate(requests, settings.options(), settings.guidance());
  }

  /** Returns the object in an array that holds one. */
  static Object unwrap(NDArray array) {
    return ((PassthroughNDArray) array).getObject();
  }
}
