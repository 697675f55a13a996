package io.boxwright.testing;

import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.guidance.GuidanceTrace;
import io.boxwright.diffusion.metrics.AdherenceScores;
import io.boxwright.diffusion.metrics.LayoutAdherence;
import io.boxwright.diffusion.metrics.ObjectAdherence;
import io.boxwright.diffusion.pipelines.AttentionMap;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.udf.executor.PipelineLoader;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A pipeline without a model, for faults that a real one does not have on demand: a batch with the
 * prompt {@code explode} throws, the prompt {@code overflow} gives latents that are not finite.
 * Prompts that begin with {@code unscored} have no attention scores. The image's colour is its
 * seed.
 */
public class StubPipeline extends PipelineWithoutModel {

  private static final AdherenceScores SCORES = new AdherenceScores(0.5, 2, 0.25, 1, 0.125);

  private final Consumer<List<GenerationRequest>> beforeBatch;

  /** A plain one. */
  public StubPipeline() {
    this(requests -> {});
  }

  /** Does something before each batch, such as failing. */
  public StubPipeline(Consumer<List<GenerationRequest>> beforeBatch) {
    this.beforeBatch = beforeBatch;
  }

  /** A loader of a {@link StubPipeline}. Tests extend it to load a stub that behaves otherwise. */
  public static class Loader implements PipelineLoader {

    private static final long serialVersionUID = 1;

    @Override
    public List<String> files(Path folder, String variant) {
      return List.of(); // there is no folder
    }

    @Override
    public ImagePipeline load(Path folder, PretrainedOptions options) {
      return new StubPipeline();
    }
  }

  @Override
  public List<GeneratedImage> generate(
      List<GenerationRequest> requests, GenerationOptions options, Guidance guidance) {
    pause();
    beforeBatch.accept(requests);
    return requests.stream().map(request -> image(request, options)).toList();
  }

  private static GeneratedImage image(GenerationRequest request, GenerationOptions options) {
    if (request.prompt().equals("explode")) {
      throw new IllegalStateException("boom");
    }
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    int[] pixels = new int[16 * 16];
    Arrays.fill(pixels, (int) request.seed());
    image.setRGB(0, 0, 16, 16, pixels, 0, 16);
    List<ObjectAdherence> objects =
        request.objects().stream().map(object -> new ObjectAdherence(SCORES, SCORES)).toList();
    boolean maps = options.attentionMaps() == GenerationOptions.AttentionMaps.KEEP;
    return new GeneratedImage(
        image,
        !request.prompt().equals("overflow"),
        objects.isEmpty() || request.prompt().startsWith("unscored")
            ? Optional.empty()
            : Optional.of(new LayoutAdherence(SCORES, SCORES, objects)),
        objects.isEmpty() ? GuidanceTrace.NONE : new GuidanceTrace(0.9, 0.1, 7),
        maps && !objects.isEmpty()
            ? List.of(new AttentionMap(0, "mid_block", 1, 2, new float[] {0.25f, 0.75f}))
            : List.of(),
        request.prompt().startsWith("long") ? List.of("Prompt cut") : List.of(),
        Optional.empty());
  }

  /** Long enough that one executor does not take all the batches before the other is up. */
  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
