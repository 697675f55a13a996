package io.boxwright.djl;

import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.ndarray.BytesSupplier;
import ai.djl.ndarray.NDList;
import ai.djl.translate.Batchifier;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import ai.djl.util.passthrough.PassthroughNDArray;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.PromptValues;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The translator of DJL Serving: JSON with the columns of a prompt table comes in, and a PNG goes
 * out. A wrong request gets status 400 and the reason; the others of its batch get their images.
 *
 * <pre>{@code
 * {"prompt": "a red circle", "phrases": ["a red circle"], "bboxes": [[0.1, 0.1, 0.5, 0.5]], "seed": 1}
 * }</pre>
 */
final class ServingTranslator implements Translator<Input, Output> {

  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private final LayoutGuidanceModel model;

  ServingTranslator(LayoutGuidanceModel model) {
    this.model = model;
  }

  /** The JSON of a request; only the prompt is required. */
  private record RequestJson(
      String prompt,
      String negativePrompt,
      long seed,
      List<List<Number>> bboxes,
      List<List<Number>> tokenIndices,
      List<String> phrases) {

    PromptValues toValues() {
      return new PromptValues(
          prompt, negativePrompt, seed, orEmpty(bboxes), orEmpty(tokenIndices), orEmpty(phrases));
    }

    private static <T> List<T> orEmpty(List<T> list) {
      return list == null ? List.of() : list;
    }
  }

  @Override
  public Batchifier getBatchifier() {
    return new ObjectBatchifier();
  }

  @Override
  public NDList processInput(TranslatorContext context, Input input) {
    return new NDList(new PassthroughNDArray(readOrRefuse(input)));
  }

  private Object readOrRefuse(Input input) {
    try {
      return read(input);
    } catch (JsonProcessingException e) {
      return refuse("Cannot read the request: " + e.getOriginalMessage());
    } catch (IllegalArgumentException e) {
      return refuse(e.getMessage());
    }
  }

  private GenerationRequest read(Input input) throws JsonProcessingException {
    BytesSupplier data =
        Optional.ofNullable(input.getData())
            .orElseThrow(() -> new IllegalArgumentException("The request is empty"));
    String text = new String(data.getAsBytes(), StandardCharsets.UTF_8);
    RequestJson request = JSON.readValue(text, RequestJson.class);
    if (request == null) {
      throw new IllegalArgumentException("The request is null");
    }
    return model.check(request.toValues().makeRequest(model.tokenizer()));
  }

  private static Output refuse(String reason) {
    Output output = new Output(400, reason);
    output.add(reason);
    return output;
  }

  @Override
  public Output processOutput(TranslatorContext context, NDList images) {
    Object value = PipelineBlock.unwrap(images.singletonOrThrow());
    return value instanceof GeneratedImage image ? toOutput(image) : (Output) value;
  }

  private static Output toOutput(GeneratedImage image) {
    if (!image.finite()) {
      return new Output(500, "The image is worthless: its latents are not finite numbers");
    }
    Output output = new Output(200, "OK");
    output.addProperty("Content-Type", "image/png");
    output.add(PngEncoder.encode(image.image()));
    return output;
  }
}
