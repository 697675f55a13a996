package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.AutoencoderKL;
import io.boxwright.diffusion.models.Conditioning;
import io.boxwright.diffusion.models.Denoiser;
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
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * diffusers' {@code StableDiffusionPipeline}: prompts in, images out. Opens an ordinary diffusers
 * folder of Stable Diffusion 1.x or 2.x as it is. The same folder, prompt, seed and settings give
 * the image that diffusers gives.
 *
 * <p>Holds the weights until it is closed. May be shared by threads: one call runs at a time.
 */
public final class StableDiffusionPipeline implements AutoCloseable {

  private final ModelIndex modelIndex;
  private final List<String> notes;
  private final NDManager manager;
  private final Denoiser denoiser;
  private final AutoencoderKL vae;
  private final CLIPTokenizer tokenizer;
  private final PromptEncoder promptEncoder;
  private final InputChecks inputChecks;
  private final SchedulerConfig schedulerConfig;
  private final StageTimer timer = new StageTimer();

  /**
   * Loads a diffusers folder.
   *
   * @param folder holds {@code model_index.json}
   * @param options how to load it
   * @return a pipeline that the caller closes
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the part, file, tensor or
   *     value that is missing, damaged or not supported
   */
  public static StableDiffusionPipeline fromPretrained(Path folder, PretrainedOptions options) {
    return load(
        folder,
        options,
        manager ->
            (part, partFolder, name) ->
                StateDict.open(
                    part, partFolder, name, options.variant(), manager, options.dataType()));
  }

  /**
   * Makes the pipeline of a diffusers folder with random weights, other ones each time: to see how
   * fast an architecture is. What it generates is noise.
   *
   * @param folder holds {@code model_index.json}; no weights are needed there
   * @param options where it goes; without variant
   * @return a pipeline that the caller closes
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the part or value that is
   *     missing, damaged or not supported
   */
  public static StableDiffusionPipeline fromConfig(Path folder, PretrainedOptions options) {
    return load(
        folder,
        options,
        manager ->
            (part, partFolder, name) ->
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
    this.schedulerConfig = PretrainedFolder.schedulerConfig(modelIndex);
    PipelineParts parts = PipelineParts.of(modelIndex, source);
    this.inputChecks = parts.inputChecks(schedulerConfig);
    this.denoiser = parts.denoiser();
    this.vae = parts.vae();
    this.tokenizer = parts.tokenizer();
    this.promptEncoder = promptEncoder(parts);
    this.notes = Stream.concat(modelIndex.notes().stream(), parts.notes().stream()).toList();
  }

  /** The tokenizer is closed if nothing comes to use it. */
  private PromptEncoder promptEncoder(PipelineParts parts) {
    try {
      return parts.promptEncoder(tokenizer);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  /** The denoiser; whoever sets its attention processors must not let another thread generate. */
  public Denoiser denoiser() {
    return denoiser;
  }

  /** How many heads the attentions of each level have. */
  List<Integer> attentionHeads() {
    return inputChecks.unet().attentionHeadDim();
  }

  /** The VAE, without its encoder. */
  public AutoencoderKL vae() {
    return vae;
  }

  /** The tokenizer. */
  public CLIPTokenizer tokenizer() {
    return tokenizer;
  }

  /** What the folder has that is not applied here, such as its safety checker; for people. */
  public List<String> notes() {
    return notes;
  }

  /**
   * Makes one image for each request, all in one batch.
   *
   * @param inputs what to make
   * @return RGB images, 8 bits a channel
   * @throws IllegalArgumentException naming the input that is wrong
   */
  public synchronized List<BufferedImage> generate(GenerationInputs inputs) {
    try (GradMode ignored = GradMode.disabled();
        NDManager run = manager.newSubManager();
        ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      NDArray latents = denoise(run, inputs, List.of());
      try (LatentDecoder decoder = decoder(latents, inputs.requests())) {
        List<BufferedImage> images =
            decoder.images().stream().map(LatentDecoder.Decoded::image).toList();
        timer.lap(Stage.DECODE);
        return images;
      }
    }
  }

  /**
   * Makes the latents of images and leaves them undecoded: {@code output_type="latent"}.
   *
   * @param owner owns the result
   * @param inputs what to make
   * @return (B, C, h, w), float32
   * @throws IllegalArgumentException naming the input that is wrong
   */
  public NDArray generateLatents(NDManager owner, GenerationInputs inputs) {
    return generateLatents(owner, inputs, List.of());
  }

  /** {@link #generateLatents(NDManager, GenerationInputs)} with hooks. */
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
   * The denoising loop: diffusers' {@code StableDiffusionPipeline.__call__} up to the decoding. To
   * be called by one thread at a time, with grad mode off, inside an {@link ArrayScope}.
   *
   * @param run owns what the loop makes
   * @param hooks what is done around each step, in this order
   * @return the last latents, (B, C, h, w), float32
   */
  NDArray denoise(NDManager run, GenerationInputs inputs, List<DenoisingHook> hooks) {
    timer.start();

    // 1. Check inputs
    GenerationOptions options = withModelSize(inputs.options());
    inputChecks.check(inputs, options, tokenizer.modelMaxLength());

    Map<String, AttentionProcessor> processors = denoiser.attnProcessors();
    try (ArrayScope scope = new ArrayScope();
        Scheduler scheduler = options.createScheduler(schedulerConfig)) {
      // 2. Encode the prompts
      Conditioning conditioning = promptEncoder.conditioning(run, inputs); // B rows
      Conditioning doubled =
          promptEncoder.withUnconditionalHalf(run, inputs, conditioning); // B or 2B rows
      timer.lap(Stage.ENCODE);

      // 3. Prepare the latents
      RowNoise noise =
          rowNoise(run, inputs.requests(), scheduler, inputChecks.latentShape(1, options));
      NDArray latents = firstLatents(run, inputs, noise, scheduler); // (B, C, h, w)
      timer.lap(Stage.SCHEDULE);

      // 4. Denoise
      DenoisingHook.Run hooked = new DenoisingHook.Run(latents, denoiser, conditioning, scheduler);
      hooks.forEach(hook -> hook.start(hooked));
      double[] timesteps = scheduler.timesteps();
      for (int i = 0; i < timesteps.length; i++) {
        try (ArrayScope step = new ArrayScope();
            NDArray before = latents) {
          NDArray guided = beforeStep(hooks, before, i);
          timer.lap(Stage.GUIDE);
          NDArray prediction = predict(guided, scheduler, i, doubled, options, hooks);
          NDArray after = scheduler.step(prediction, i, guided, noise.ofStep(i));
          latents = step.keep(inputs.callbackOnStepEnd().onStepEnd(i, timesteps[i], after));
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

  /** The latents after all hooks have had them, (B, C, h, w). */
  private static NDArray beforeStep(List<DenoisingHook> hooks, NDArray latents, int i) {
    NDArray changed = latents;
    for (DenoisingHook hook : hooks) {
      changed = hook.beforeStep(changed, i);
    }
    return changed;
  }

  /** The time that went into each stage so far, summed over all calls. */
  public Map<Stage, Duration> stages() {
    return timer.times();
  }

  /**
   * From now on waits for a GPU at the end of every stage, so that each has the time of its own
   * work; else what a GPU is given in one stage often counts in a later one, which waits for it.
   * Costs some speed. On the CPU nothing changes.
   */
  public synchronized void waitAtStages() {
    timer.waitBeforeLaps(() -> LibTorch.synchronize(manager.getDevice()));
  }

  StageTimer timer() {
    return timer;
  }

  /** Reads a number, which a GPU gives when it has done all before it. */
  private static void waitFor(NDArray latents) {
    TorchKernels.finiteRows(latents).toBooleanArray();
  }

  /** What the denoiser predicts for the latents before step {@code i}, (B, C, h, w). */
  private NDArray predict(
      NDArray latents,
      Scheduler scheduler,
      int i,
      Conditioning conditioning,
      GenerationOptions options,
      List<DenoisingHook> hooks) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray scaled = scheduler.scaleModelInput(latents, i); // (B, C, h, w)
      hooks.forEach(DenoisingHook::beforePrediction);
      timer.lap(Stage.SCHEDULE);
      NDArray prediction =
          denoiser.predict(scaled, scheduler.timesteps()[i], conditioning); // (B or 2B, C, h, w)
      timer.lap(Stage.DENOISE);
      return scope.keep(
          options.classifierFree()
              ? PipelineKernels.classifierFreeGuidance(prediction, options.guidanceScale())
              : prediction);
    }
  }

  private static RowNoise rowNoise(
      NDManager run, List<GenerationRequest> requests, Scheduler scheduler, Shape shape) {
    List<Long> seeds = requests.stream().map(GenerationRequest::seed).toList();
    return new RowNoise(run, seeds, 1 + scheduler.noisePerRun(), shape);
  }

  private static NDArray firstLatents(
      NDManager run, GenerationInputs inputs, RowNoise noise, Scheduler scheduler) {
    NDArray standardNormal =
        inputs
            .latents()
            .map(given -> GenerationInputs.copyTo(run, given))
            .orElseGet(noise::initial);
    return TorchKernels.scale(scheduler.initNoiseSigma(), standardNormal);
  }

  /** Begins to decode latents (B, C, h, w); the caller closes it. */
  LatentDecoder decoder(NDArray latents, List<GenerationRequest> requests) {
    return new LatentDecoder(vae, latents, requests);
  }

  /** The options with the model's own size where they leave it open. */
  public GenerationOptions withModelSize(GenerationOptions options) {
    return inputChecks.withModelSize(options);
  }

  /**
   * Checks options against the model.
   *
   * @throws IllegalArgumentException naming the option
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
    manager.close();
  }
}
