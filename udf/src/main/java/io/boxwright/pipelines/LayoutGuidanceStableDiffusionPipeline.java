package io.boxwright.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.clip.TokenizedPrompt;
import io.boxwright.guidance.AttentionAverages;
import io.boxwright.guidance.GuidanceTrace;
import io.boxwright.guidance.LayoutGuidanceConfig;
import io.boxwright.images.DrawBox;
import io.boxwright.layout.BoundingBox;
import io.boxwright.layout.LayoutObject;
import io.boxwright.metrics.AdherenceScorer;
import io.boxwright.metrics.LayoutAdherence;
import io.boxwright.nn.ArrayScope;
import io.boxwright.nn.GradMode;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Stable Diffusion whose objects are pushed into their boxes ("Training-Free Layout Control with
 * Cross-Attention Guidance"), and which scores how well their attention stayed there. Requests with
 * different layouts, and with none, run in one batch; each gives the image that it gives alone.
 *
 * <p>Holds the weights until it is closed. May be shared by threads: one call runs at a time.
 */
public final class LayoutGuidanceStableDiffusionPipeline implements ImagePipeline {

  private final StableDiffusionPipeline pipeline;

  private LayoutGuidanceStableDiffusionPipeline(StableDiffusionPipeline pipeline) {
    this.pipeline = pipeline;
  }

  /**
   * Loads a diffusers folder; see {@link StableDiffusionPipeline#fromPretrained}.
   *
   * @return a pipeline that the caller closes
   */
  public static LayoutGuidanceStableDiffusionPipeline fromPretrained(
      Path folder, PretrainedOptions options) {
    return new LayoutGuidanceStableDiffusionPipeline(
        StableDiffusionPipeline.fromPretrained(folder, options));
  }

  /** The pipeline without layouts, over the same weights; closed with this one. */
  public StableDiffusionPipeline stableDiffusion() {
    return pipeline;
  }

  /**
   * Checks options against the model.
   *
   * @throws IllegalArgumentException naming the option
   */
  @Override
  public void checkOptions(GenerationOptions options) {
    pipeline.checkOptions(options);
  }

  /**
   * Checks one request: that its prompt is not empty, and that every token index names a word of
   * it.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  @Override
  public void checkRequest(GenerationRequest request, LayoutGuidanceConfig guidance) {
    if (request.prompt() == null || request.prompt().isBlank()) {
      throw new IllegalArgumentException("Invalid prompt: it is empty");
    }
    TokenizedPrompt prompt = pipeline.tokenizer().encode(request.prompt());
    for (LayoutObject object : request.objects()) {
      object.tokenIndices().forEach(prompt::requireWord);
      if (object.boxes().size() > guidance.boxesPerObject()) {
        throw new IllegalArgumentException(
            "Invalid boxes: tokens %s have %d boxes, this guidance takes %d an object"
                .formatted(
                    object.tokenIndices(), object.boxes().size(), guidance.boxesPerObject()));
      }
    }
  }

  /** The tokens of a prompt as text, start and end token included; the place is the index. */
  public List<String> tokens(String prompt) {
    return pipeline.tokenizer().tokens(prompt);
  }

  /**
   * Token indices of a phrase in a prompt.
   *
   * @throws IllegalArgumentException if it does not occur
   */
  @Override
  public List<Integer> tokenIndices(String prompt, String phrase) {
    return pipeline.tokenizer().tokenIndices(prompt, phrase);
  }

  /** A copy of an image with boxes drawn on it. */
  public static BufferedImage drawBox(BufferedImage image, List<BoundingBox> boxes) {
    DrawBox drawing = new DrawBox(image);
    for (BoundingBox box : boxes) {
      drawing.outline(0, box.xMin(), box.yMin(), box.xMax(), box.yMax());
    }
    return drawing.image();
  }

  /**
   * Makes one image for each request, all in one batch.
   *
   * @throws IllegalArgumentException naming the request or option that is wrong
   */
  @Override
  public List<GeneratedImage> generate(
      List<GenerationRequest> requests, GenerationOptions options, LayoutGuidanceConfig guidance) {
    return generate(GenerationInputs.of(requests, options), guidance);
  }

  /**
   * Makes one image for each request, all in one batch.
   *
   * @throws IllegalArgumentException naming the input that is wrong
   */
  public List<GeneratedImage> generate(GenerationInputs inputs, LayoutGuidanceConfig guidance) {
    inputs.requests().forEach(request -> checkRequest(request, guidance));
    List<List<LayoutObject>> layouts =
        inputs.requests().stream().map(GenerationRequest::objects).toList();
    synchronized (pipeline) {
      try (GradMode ignored = GradMode.disabled();
          NDManager run = pipeline.manager().newSubManager();
          ArrayScope scope = new ArrayScope();
          LayoutSteps steps = new LayoutSteps(pipeline.unet(), guidance, layouts)) {
        scope.suppressNotUsedWarning();
        NDArray latents = pipeline.denoise(run, inputs, steps); // (B, C, h, w)
        return describe(inputs, pipeline.decode(latents), finiteRows(latents), steps);
      }
    }
  }

  private List<GeneratedImage> describe(
      GenerationInputs inputs, List<BufferedImage> images, boolean[] finite, LayoutSteps steps) {
    List<GuidanceTrace> traces = steps.traces();
    List<GeneratedImage> described = new ArrayList<>();
    for (int row = 0; row < images.size(); row++) {
      GenerationRequest request = inputs.requests().get(row);
      AttentionAverages.RowMaps maps = steps.maps(row);
      described.add(
          new GeneratedImage(
              images.get(row),
              finite[row],
              adherence(request, maps),
              traces.get(row),
              attentionMaps(inputs.options(), request, maps),
              pipeline.tokenizer().encode(request.prompt()).warnings()));
    }
    return described;
  }

  private static Optional<LayoutAdherence> adherence(
      GenerationRequest request, AttentionAverages.RowMaps maps) {
    return request.objects().isEmpty()
        ? Optional.empty()
        : Optional.of(new AdherenceScorer(request.objects()).score(maps::guided, maps::heldOut));
  }

  private static List<AttentionMap> attentionMaps(
      GenerationOptions options, GenerationRequest request, AttentionAverages.RowMaps maps) {
    List<AttentionMap> kept = new ArrayList<>();
    if (options.attentionMaps() == GenerationOptions.AttentionMaps.KEEP) {
      for (int object = 0; object < request.objects().size(); object++) {
        kept.addAll(
            AttentionMap.ofObject(object, request.objects().get(object).tokenIndices(), maps));
      }
    }
    return kept;
  }

  private static boolean[] finiteRows(NDArray latents) {
    float[] values = latents.toFloatArray();
    boolean[] finite = new boolean[(int) latents.getShape().get(0)];
    int size = values.length / finite.length;
    for (int row = 0; row < finite.length; row++) {
      finite[row] = true;
      for (int i = row * size; i < (row + 1) * size; i++) {
        finite[row] &= Float.isFinite(values[i]);
      }
    }
    return finite;
  }

  @Override
  public void close() {
    pipeline.close();
  }
}
