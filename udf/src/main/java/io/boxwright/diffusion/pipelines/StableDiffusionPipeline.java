package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.loading.LearnedEmbedding;
import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.AutoencoderKL;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.models.GraphedDenoiser;
import io.boxwright.diffusion.models.UNet2DConditionConfig;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.schedulers.Scheduler;
import io.boxwright.diffusion.schedulers.SchedulerConfig;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.LibTorch;
import io.boxwright.torch.TorchKernels;
import io.boxwright.torch.cuda.FusedKernels;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * diffusers' {@code StableDiffusionPipeline}, which makes images from prompts. It opens an ordinary
 * diffusers folder of Stable Diffusion 1.x or 2.x as it is. The same folder, prompt, seed and
 * settings give the image that diffusers gives.
 *
 * <p>It holds the weights until it is closed. Threads may share it: one call runs at a time.
 */
public final class StableDiffusionPipeline implements AutoCloseable {

  private final ModelIndex modelIndex;
  private final List<String> notes;
  private final NDManager manager;
  private final Denoiser denoiser;
  private final AutoencoderKL vae;
  private final CLIPTokenizer tokenizer;
  private final PromptEncoder promptEncoder;
  private final Optional<StableDiffusionSafetyChecker> safetyChecker;
  private final InputChecks inputChecks;
  private final SchedulerConfig schedulerConfig;
  private final boolean readsImages;
  private final StageTimer timer = new StageTimer();

  /**
   * Loads a diffusers folder.
   *
   * @param folder the folder with {@code model_index.json}
   * @param options the options for loading it
   * @return a pipeline that the caller closes
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the part, file, tensor or
   *     value that is missing, damaged or not supported
   */
  public static StableDiffusionPipeline fromPretrained(Path folder, PretrainedOptions options) {
    return load(
        folder,
        options,
        manager ->
            (part, partFolder, name, variant) ->
                StateDict.open(part, partFolder, name, variant, manager, options.dataType())
                    .fuse(options.loras()));
  }

  /**
   * Makes the pipeline of a diffusers folder with random weights, different ones each time, to
   * measure how fast an architecture is. The images are noise.
   *
   * @param folder the folder with {@code model_index.json}; it needs no weights
   * @param options the device and the type of the weights; without variant
   * @return a pipeline that the caller closes
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the part or value that is
   *     missing, damaged or not supported
   */
  public static StableDiffusionPipeline fromConfig(Path folder, PretrainedOptions options) {
    return load(
        folder,
        options,
        manager ->
            (part, partFolder, name, variant) ->
                StateDict.random(part, partFolder, manager, options.dataType()));
  }

  private static StableDiffusionPipeline load(
      Path folder, PretrainedOptions options, Function<NDManager, PipelineParts.Source> source) {
    NDManager manager = LibTorch.newManager(options.device());
    FusedKernels.prepareLater(options.device(), options.dataType());
    try (GradMode ignored = GradMode.disabled()) {
      return new StableDiffusionPipeline(folder, options, manager, source.apply(manager));
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  private StableDiffusionPipeline(
      Path folder, PretrainedOptions options, NDManager manager, PipelineParts.Source source) {
    this.modelIndex = ModelIndex.open(folder);
    if (options.variant() != null) {
      modelIndex.requireVariant(options.variant());
    }
    this.manager = manager;
    this.schedulerConfig = PretrainedFolder.readSchedulerConfig(modelIndex);
    PipelineParts parts = PipelineParts.of(modelIndex, options.variant(), source);
    this.inputChecks = parts.makeInputChecks(schedulerConfig);
    this.denoiser = GraphedDenoiser.of(parts.loadDenoiser(), manager);
    Optional<IPAdapter> ipAdapter = parts.loadIPAdapter(options.ipAdapter(), denoiser);
    this.readsImages = ipAdapter.isPresent();
    this.vae = parts.loadVae();
    this.safetyChecker = parts.loadSafetyChecker(manager, options.safetyCheck());
    List<LearnedEmbedding> learned = options.readTextualInversions();
    this.tokenizer = parts.loadTokenizer(learned);
    this.promptEncoder = loadPromptEncoder(parts, learned, ipAdapter);
    this.notes = Stream.concat(modelIndex.notes().stream(), parts.notes().stream()).toList();
  }

  /** Loads the prompt encoder and, if that fails, closes the tokenizer. */
  private PromptEncoder loadPromptEncoder(
      PipelineParts parts, List<LearnedEmbedding> learned, Optional<IPAdapter> ipAdapter) {
    try {
      return parts.loadPromptEncoder(tokenizer, learned, ipAdapter);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  /**
   * Returns the denoiser. While a caller sets its attention processors, no other thread may
   * generate.
   */
  public Denoiser denoiser() {
    return denoiser;
  }

  /** Returns the number of heads of the attentions of each level. */
  List<Integer> attentionHeads() {
    return inputChecks.unet().attentionHeadDim();
  }

  /** Returns the configuration of the UNet. */
  public UNet2DConditionConfig unetConfig() {
    return inputChecks.unet();
  }

  /** Returns the VAE, without its encoder. */
  public AutoencoderKL vae() {
    return vae;
  }

  /** Returns the tokenizer, which is closed with the pipeline. */
  public CLIPTokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * Returns one sentence, for people, for each part of the folder that is not applied, such as its
   * image encoder.
   */
  public List<String> notes() {
    return notes;
  }

  /**
   * Makes one image for each request, all in one batch.
   *
   * @param inputs the requests, options and arrays
   * @return the images, RGB, 8 bits per channel
   * @throws IllegalArgumentException naming the input that is wrong
   */
  public synchronized List<BufferedImage> generate(GenerationInputs inputs) {
    try (GradMode ignored = GradMode.disabled();
        NDManager run = manager.newSubManager();
        ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      NDArray latents = denoise(run, inputs, List.of());
      try (LatentDecoder decoder = startDecoding(latents, inputs.requests())) {
        return finish(decoder, inputs.requests()).stream()
            .map(LatentDecoder.Decoded::image)
            .toList();
      }
    }
  }

  /**
   * Makes the latents of images without decoding them: {@code output_type="latent"}.
   *
   * @param owner the manager that owns the result
   * @param inputs the requests, options and arrays
   * @return the latents, (B, C, h, w), float32
   * @throws IllegalArgumentException naming the input that is wrong
   */
  public NDArray generateLatents(NDManager owner, GenerationInputs inputs) {
    return generateLatents(owner, inputs, List.of());
  }

  /** Does the same as {@link #generateLatents(NDManager, GenerationInputs)}, with hooks. */
  synchronized NDArray generateLatents(
      NDManager owner, GenerationInputs inputs, List<DenoisingHook> hooks) {
    try (GradMode ignored = GradMode.disabled();
        NDManager run = manager.newSubManager();
        ArrayScope scope = new ArrayScope()) {
      NDArray latents = denoise(run, inputs, hooks);
      latents.attach(owner);
      return scope.keep(latents);
    }
  }

  /**
   * Runs the denoising loop: diffusers' {@code StableDiffusionPipeline.__call__} up to the
   * decoding. One thread at a time may call this, with grad mode off, inside an {@link ArrayScope}.
   *
   * @param run the manager that owns the arrays of the loop
   * @param hooks the hooks, which run in this order
   * @return the last latents, (B, C, h, w), float32
   */
  NDArray denoise(NDManager run, GenerationInputs inputs, List<DenoisingHook> hooks) {
    timer.start();

    // 1. Check inputs
    GenerationOptions options = withModelSize(inputs.options());
    inputChecks.check(inputs, options, tokenizer.modelMaxLength());
    inputs.requests().forEach(this::checkImagePrompt);

    Map<String, AttentionProcessor> processors = denoiser.attnProcessors();
    try (ArrayScope scope = new ArrayScope();
        Scheduler scheduler = new RunScheduler(schedulerConfig, options).create();
        DeepCache deepCache = startDeepCache(scheduler, options, hooks)) {
      // 2. Encode the prompts
      boolean classifierFree = options.classifierFree() && !denoiser.embedsGuidanceScale();
      RunConditioning conditioning =
          new RunConditioning(
              promptEncoder.makeConditioning(run, inputs), // B rows
              classifierFree
                  ? Optional.of(promptEncoder.makeUnconditional(run, inputs)) // B rows
                  : Optional.empty());
      timer.lap(Stage.ENCODE);

      // 3. Prepare the latents
      RowNoise noise =
          drawNoise(run, inputs.requests(), scheduler, inputChecks.latentShape(1, options));
      NDArray latents = makeFirstLatents(run, inputs, noise, scheduler); // (B, C, h, w)
      timer.lap(Stage.SCHEDULE);

      // 4. Denoise
      DenoisingHook.Run hooked =
          new DenoisingHook.Run(latents, denoiser, conditioning.conditional(), scheduler);
      hooks.forEach(hook -> hook.start(hooked));
      double[] timesteps = scheduler.timesteps();
      for (int i = 0; i < timesteps.length; i++) {
        try (ArrayScope step = new ArrayScope();
            NDArray before = latents) {
          NDArray guided = applyHooks(hooks, before, i);
          timer.lap(Stage.GUIDE);
          NDArray scaled = scheduler.scaleModelInput(guided, i); // (B, C, h, w)
          hooks.forEach(DenoisingHook::beforePrediction);
          timer.lap(Stage.SCHEDULE);
          NDArray prediction =
              conditioning.hasUnconditional() && options.classifierFree(i, timesteps.length)
                  ? applyClassifierFreeGuidance(
                      deepCache.predict(scaled, i, conditioning.both()), options)
                  : deepCache.predict(scaled, i, conditioning.conditional()); // (B, C, h, w)
          timer.lap(Stage.DENOISE);
          NDArray fresh = scheduler.takesNoise(i) ? noise.next() : null;
          NDArray after = scheduler.step(prediction, i, guided, fresh);
          CallbackTensors tensors =
              inputs.callbackOnStepEnd().onStepEnd(i, timesteps[i], conditioning.tensors(after));
          latents = step.keep(tensors.latents());
          if (conditioning.update(tensors, step)) {
            hooks.forEach(hook -> hook.changeConditioning(conditioning.conditional()));
          }
          timer.lap(Stage.SCHEDULE);
        }
      }
      waitFor(latents);
      timer.lap(Stage.DENOISE);
      return scope.keep(latents);
    } finally {
      denoiser.setAttnProcessor(processors);
    }
  }

  private DeepCache startDeepCache(
      Scheduler scheduler, GenerationOptions options, List<DenoisingHook> hooks) {
    return new DeepCache(
        denoiser,
        scheduler.timesteps(),
        options.cacheInterval(),
        i -> hooks.stream().anyMatch(hook -> hook.guides(i)));
  }

  /** Passes latents through all hooks, (B, C, h, w). */
  private static NDArray applyHooks(List<DenoisingHook> hooks, NDArray latents, int i) {
    NDArray changed = latents;
    for (DenoisingHook hook : hooks) {
      changed = hook.beforeStep(changed, i);
    }
    return changed;
  }

  /** Returns the time that each stage has taken so far, summed over all calls. */
  public Map<Stage, Duration> stages() {
    return timer.times();
  }

  /**
   * Makes every stage, from now on, wait for a GPU at its end, so each stage has the time of its
   * own work. Otherwise the GPU's work of one stage often counts in a later stage, which waits for
   * it. Waiting costs some speed. On the CPU nothing changes.
   */
  public synchronized void waitAtStages() {
    timer.waitBeforeLaps(() -> LibTorch.synchronize(manager.getDevice()));
  }

  StageTimer timer() {
    return timer;
  }

  /** Waits for a GPU by reading a number, which it gives when all earlier work is done. */
  private static void waitFor(NDArray latents) {
    TorchKernels.finiteRows(latents).toBooleanArray();
  }

  /** Applies classifier-free guidance: (2B, C, h, w) -> (B, C, h, w). */
  private static NDArray applyClassifierFreeGuidance(
      NDArray prediction, GenerationOptions options) {
    try (prediction) {
      return PipelineKernels.applyClassifierFreeGuidance(
          prediction, options.guidanceScale(), options.guidanceRescale());
    }
  }

  private static RowNoise drawNoise(
      NDManager run, List<GenerationRequest> requests, Scheduler scheduler, Shape shape) {
    return new RowNoise(run, requests, 1 + scheduler.noisePerRun(), shape);
  }

  private static NDArray makeFirstLatents(
      NDManager run, GenerationInputs inputs, RowNoise noise, Scheduler scheduler) {
    NDArray standardNormal =
        inputs
            .latents()
            .map(given -> GenerationInputs.copyTo(run, given))
            .orElseGet(noise::initial);
    return TorchKernels.scale(scheduler.initNoiseSigma(), standardNormal);
  }

  /** Starts to decode latents (B, C, h, w); the caller closes the decoder. */
  LatentDecoder startDecoding(NDArray latents, List<GenerationRequest> requests) {
    return new LatentDecoder(vae, latents, requests);
  }

  /**
   * Fetches decoded images and makes those with unsafe content black, if there is a safety checker.
   *
   * @return one for each request; any value, also null, for padding
   */
  List<LatentDecoder.Decoded> finish(LatentDecoder decoder, List<GenerationRequest> requests) {
    List<LatentDecoder.Decoded> decoded = decoder.fetchImages();
    timer.lap(Stage.DECODE);
    return safetyChecker.map(checker -> check(checker, decoded, requests)).orElse(decoded);
  }

  private List<LatentDecoder.Decoded> check(
      StableDiffusionSafetyChecker checker,
      List<LatentDecoder.Decoded> decoded,
      List<GenerationRequest> requests) {
    List<Integer> places =
        IntStream.range(0, requests.size())
            .filter(place -> !requests.get(place).isPadding() && decoded.get(place).finite())
            .boxed()
            .toList();
    List<Boolean> unsafe =
        checker.findUnsafe(places.stream().map(place -> decoded.get(place).image()).toList());
    List<LatentDecoder.Decoded> checked = new ArrayList<>(decoded);
    for (int i = 0; i < places.size(); i++) {
      int place = places.get(i);
      checked.set(place, StableDiffusionSafetyChecker.blacken(decoded.get(place), unsafe.get(i)));
    }
    timer.lap(Stage.CHECK);
    return checked;
  }

  /** Returns the options with the model's own height or width in place of a 0. */
  public GenerationOptions withModelSize(GenerationOptions options) {
    return inputChecks.withModelSize(options);
  }

  /**
   * Checks that a request has a picture if the pipeline has an IP-Adapter, and only then.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  void checkImagePrompt(GenerationRequest request) {
    if (request.isPadding()) {
      return;
    }
    if (readsImages && request.imagePrompt().isEmpty()) {
      throw new IllegalArgumentException(
          "Invalid ip_adapter_image: it is missing; with an IP-Adapter, every row needs one");
    }
    if (!readsImages && request.imagePrompt().isPresent()) {
      throw new IllegalArgumentException(
          "Invalid ip_adapter_image: the pipeline has no IP-Adapter");
    }
  }

  /**
   * Checks options against the model.
   *
   * @throws IllegalArgumentException naming the option, or the value of the configuration
   */
  public void checkOptions(GenerationOptions options) {
    inputChecks.checkOptions(options);
  }

  NDManager manager() {
    return manager;
  }

  @Override
  public synchronized void close() {
    tokenizer.close();
    denoiser.close();
    manager.close();
  }
}
