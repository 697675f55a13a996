package io.boxwright.djl;

import ai.djl.ndarray.NDList;
import ai.djl.translate.Batchifier;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import ai.djl.util.passthrough.PassthroughNDArray;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.pipelines.GenerationRequest;

/** Takes requests and gives images. A wrong request is an error of its whole batch. */
final class GeneratedImageTranslator implements Translator<GenerationRequest, GeneratedImage> {

  private final LayoutGuidanceModel model;

  GeneratedImageTranslator(LayoutGuidanceModel model) {
    this.model = model;
  }

  @Override
  public Batchifier getBatchifier() {
    return new ObjectBatchifier();
  }

  @Override
  public NDList processInput(TranslatorContext context, GenerationRequest request) {
    return new NDList(new PassthroughNDArray(model.check(request)));
  }

  @Override
  public GeneratedImage processOutput(TranslatorContext context, NDList images) {
    return (GeneratedImage) PipelineBlock.unwrap(images.singletonOrThrow());
  }
}
