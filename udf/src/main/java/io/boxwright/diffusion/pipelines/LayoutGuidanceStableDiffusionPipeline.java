package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.attention.AttentionAverages;
import io.boxwright.diffusion.attention.AttentionAveragesCache;
import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.guidance.GuidanceTrace;
import io.boxwright.diffusion.images.DrawBox;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.metrics.AdherenceScorer;
import io.boxwright.diffusion.metrics.LayoutAdherence;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.GradMode;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A Stable Diffusion pipeline that pushes objects into their boxes ("Training-Free Layout Control
 * with Cross-Attention Guidance") and scores how well their attention stayed there. Requests with
 * different layouts, and without any, run in one batch; each gives the image that it gives alone.
 *
 * <p>It holds the weights until it is closed. Threads may share it: one call runs at a time.
 */
public final class LayoutGuidanceStableDiffusionPipeline implements ImagePipeline {

  private final StableDiffusionPipeline pipeline;
  private final AttentionAveragesCache attentionAverages;

  private LayoutGuidanceStableDiffusionPipeline(StableDiffusionPipeline pipeline) {
    this.pipeline = pipeline;
    this.attentionAverages = new AttentionAveragesCache(pipeline.denoiser(), pipeline.manager());
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

  /**
   * Makes the pipeline of a diffusers folder with random weights; see {@link
   * StableDiffusionPipeline#fromConfig}.
   *
   * @return a pipeline that the caller closes
   */
  public static LayoutGuidanceStableDiffusionPipeline fromConfig(
      Path folder, PretrainedOptions options) {
    return new LayoutGuidanceStableDiffusionPipeline(
        StableDiffusionPipeline.fromConfig(folder, options));
  }

  /** Returns the pipeline without layouts, which has the same weights and is closed with this. */
  public StableDiffusionPipeline stableDiffusion() {
    return pipeline;
  }

  @Override
  public void checkOptions(GenerationOptions options) {
    pipeline.checkOptions(options);
  }

  @Override
  public GenerationRequest checkRequest(GenerationRequest request, Guidance guidance) {
    InputChecks.requirePrompt(request);
    pipeline.checkImagePrompt(request);
    GenerationRequest tokenized = request.tokenized(pipeline.tokenizer());
    for (LayoutObject object : tokenized.objects()) {
      object.tokenIndices().forEach(tokenized.tokens()::requireWord);
    }
    checkLayout(tokenized, guidance);
    return tokenized;
  }

  private void checkLayout(GenerationRequest request, Guidance guidance) {
    if (!request.objects().isEmpty()) {
      guidance.checkModel(pipeline.attentionHeads());
      guidance.checkLayout(request.objects());
    }
  }

  /** Checks the requests and returns the inputs with their prompts cut into tokens. */
  private GenerationInputs checkRequests(GenerationInputs inputs, Guidance guidance) {
    return inputs.withRequests(
        inputs.requests().stream()
            .map(request -> checkRequest(request, inputs, guidance))
            .toList());
  }

  /** Checks a request, which may lack a prompt if the prompts' states are given, or is padding. */
  private GenerationRequest checkRequest(
      GenerationRequest request, GenerationInputs inputs, Guidance guidance) {
    if (request.isPadding()) {
      return request;
    }
    if (request.prompt() != null || inputs.promptEmbeds().isEmpty()) {
      return checkRequest(request, guidance);
    }
    request.objects().forEach(this::checkEmbedded);
    checkLayout(request, guidance);
    return request;
  }

  private void checkEmbedded(LayoutObject object) {
    int tokens = pipeline.tokenizer().modelMaxLength();
    for (int token : object.tokenIndices()) {
      if (token < 1 || token >= tokens) {
        throw new IllegalArgumentException(
            "Invalid token index %d: prompt_embeds have 1 to %d".formatted(token, tokens - 1));
      }
    }
  }

  /**
   * Returns the tokens of a prompt as text, start and end token included: {@code get_indices} of
   * the Python pipelines. A token's place in the list is its token index.
   */
  public List<String> tokens(String prompt) {
    return pipeline.tokenizer().encode(prompt).tokens();
  }

  /**
   * Finds the token indices of a phrase in a prompt.
   *
   * @throws IllegalArgumentException if the prompt does not have the phrase
   */
  public List<Integer> tokenIndices(String prompt, String phrase) {
    return pipeline.tokenizer().tokenIndices(prompt, phrase);
  }

  @Override
  public CLIPTokenizer tokenizer() {
    return pipeline.tokenizer();
  }

  /** Returns a copy of an image with boxes drawn on it. */
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
      List<GenerationRequest> requests, GenerationOptions options, Guidance guidance) {
    return generate(GenerationInputs.of(requests, options), guidance);
  }

  /**
   * Makes one image for each request, all in one batch.
   *
   * @throws IllegalArgumentException naming the input that is wrong
   */
  public List<GeneratedImage> generate(GenerationInputs inputs, Guidance guidance) {
    GenerationInputs checked = checkRequests(inputs, guidance);
    synchronized (pipeline) {
      try (GradMode ignored = GradMode.disabled();
          NDManager run = pipeline.manager().newSubManager();
          ArrayScope scope = new ArrayScope();
          GuidanceHook guided = new GuidanceHook(guidance, checked)) {
        scope.suppressNotUsedWarning();
        AttentionHook attention = new AttentionHook(checked, attentionAverages);
        NDArray latents =
            pipeline.denoise(run, checked, List.of(guided, attention)); // (B, C, h, w)
        return decodeAndScore(checked, latents, guided.traces(), attention.maps());
      }
    }
  }

  /**
   * Makes the latents of guided images without decoding them: {@code output_type="latent"}.
   *
   * @param owner the manager that owns the result
   * @return the latents, (B, C, h, w), float32
   * @throws IllegalArgumentException naming the input that is wrong
   */
  public NDArray generateLatents(NDManager owner, GenerationInputs inputs, Guidance guidance) {
    GenerationInputs checked = checkRequests(inputs, guidance);
    try (GuidanceHook guided = new GuidanceHook(guidance, checked)) {
      return pipeline.generateLatents(owner, checked, List.of(guided));
    }
  }

  /** Decodes latents and scores layouts while a GPU decodes; the result is null for padding. */
  private List<GeneratedImage> decodeAndScore(
      GenerationInputs inputs,
      NDArray latents,
      List<GuidanceTrace> traces,
      List<AttentionAverages.RowMaps> maps) {
    pipeline.timer().lap(Stage.SCORE);
    try (LatentDecoder decoder = pipeline.startDecoding(latents, inputs.requests())) {
      pipeline.timer().lap(Stage.DECODE);
      List<Scores> scores =
          IntStream.range(0, maps.size())
              .parallel()
              .mapToObj(row -> score(inputs, row, maps.get(row)))
              .toList();
      pipeline.timer().lap(Stage.SCORE);
      List<LatentDecoder.Decoded> decoded = pipeline.finish(decoder, inputs.requests());
      return IntStream.range(0, decoded.size())
          .mapToObj(
              row -> makeImage(inputs, row, decoded.get(row), traces.get(row), scores.get(row)))
          .toList();
    }
  }

  /** The scores and maps that come from the attention of a row. */
  private record Scores(Optional<LayoutAdherence> adherence, List<AttentionMap> attentionMaps) {}

  private static Scores score(GenerationInputs inputs, int row, AttentionAverages.RowMaps maps) {
    GenerationRequest request = inputs.requests().get(row);
    return new Scores(scoreAdherence(request, maps), collectMaps(inputs.options(), request, maps));
  }

  private static GeneratedImage makeImage(
      GenerationInputs inputs,
      int row,
      LatentDecoder.Decoded decoded,
      GuidanceTrace trace,
      Scores scores) {
    GenerationRequest request = inputs.requests().get(row);
    return request.isPadding()
        ? null
        : new GeneratedImage(
            decoded.image(),
            decoded.finite(),
            scores.adherence(),
            trace,
            scores.attentionMaps(),
            collectWarnings(request),
            decoded.nsfw());
  }

  private static List<String> collectWarnings(GenerationRequest request) {
    if (request.tokens() == null) { // the prompt's states were given
      return request.warnings();
    }
    return Stream.concat(request.warnings().stream(), request.tokens().warnings().stream())
        .toList();
  }

  private static Optional<LayoutAdherence> scoreAdherence(
      GenerationRequest request, AttentionAverages.RowMaps maps) {
    return request.objects().isEmpty()
        ? Optional.empty()
        : Optional.of(new AdherenceScorer(request.objects()).score(maps::guided, maps::heldOut));
  }

  private static List<AttentionMap> collectMaps(
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

  @Override
  public Map<Stage, Duration> stages() {
    return pipeline.stages();
  }

  @Override
  public boolean freeMemory() {
    synchronized (pipeline) {
      return pipeline.denoiser().freeMemory();
    }
  }

  @Override
  public void close() {
    pipeline.close();
  }
}
