package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.models.attention.MapSize;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.cuda.GraphRecorder;
import io.boxwright.torch.cuda.GraphedCallables;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * A denoiser whose passes a GPU records and replays. A GPU computes a pass over a few rows sooner
 * than its host can launch the kernels one by one. Larger passes, and those with attention
 * processors that are not {@linkplain AttentionProcessor#isCapturable capturable}, run as usual.
 *
 * <p>It belongs to one thread at a time, and owns its recordings.
 */
public final class GraphedDenoiser implements Denoiser {

  /** The most rows of latents of 64x64 that a recorded pass has; a host keeps up with more. */
  private static final int MOST_ROWS = 64;

  private static final int USUAL_POSITIONS = 64 * 64;

  private final Denoiser denoiser;
  private final GraphedCallables callables;

  private GraphedDenoiser(Denoiser denoiser, GraphedCallables callables) {
    this.denoiser = denoiser;
    this.callables = callables;
  }

  /**
   * Adds recordings to a denoiser.
   *
   * @param manager the manager that owns the recordings' arrays, on the denoiser's device
   * @return the denoiser itself if its device cannot record
   */
  public static Denoiser of(Denoiser denoiser, NDManager manager) {
    return GraphRecorder.of(manager.getDevice())
        .<Denoiser>map(
            recorder -> new GraphedDenoiser(denoiser, new GraphedCallables(recorder, manager)))
        .orElse(denoiser);
  }

  /** A computation with the processors that it uses, which are themselves, not equal ones. */
  private record Key(Object what, Map<String, AttentionProcessor> processors) {}

  /** A kind of prediction; the scale is a number within its recording. */
  private record Prediction(Kind kind, double guidanceScale) {

    private enum Kind {
      WHOLE,
      FILLING_CACHE,
      FROM_CACHE
    }
  }

  @Override
  public NDArray predict(NDArray sample, NDArray timestep, Conditioning conditioning) {
    if (GradMode.isEnabled()) {
      return denoiser.predict(sample, timestep, conditioning);
    }
    return compute(
            Prediction.Kind.WHOLE,
            new NDList(sample, timestep),
            conditioning,
            (inputs, replaced) ->
                new NDList(denoiser.predict(inputs.get(0), inputs.get(1), replaced)))
        .singletonOrThrow();
  }

  @Override
  public NDArray predict(
      NDArray sample, NDArray timestep, Conditioning conditioning, FeatureCache cache) {
    if (GradMode.isEnabled()) {
      return denoiser.predict(sample, timestep, conditioning, cache);
    }
    return cache.isEmpty()
        ? fillCache(sample, timestep, conditioning, cache)
        : predictFromCache(sample, timestep, conditioning, cache);
  }

  private NDArray fillCache(
      NDArray sample, NDArray timestep, Conditioning conditioning, FeatureCache cache) {
    NDList results =
        compute(
            Prediction.Kind.FILLING_CACHE,
            new NDList(sample, timestep),
            conditioning,
            (inputs, replaced) -> {
              FeatureCache filled = new FeatureCache();
              NDArray prediction = denoiser.predict(inputs.get(0), inputs.get(1), replaced, filled);
              return new NDList(prediction, ArrayScope.adopt(filled.features()));
            });
    cache.fill(results.get(1));
    return results.get(0);
  }

  private NDArray predictFromCache(
      NDArray sample, NDArray timestep, Conditioning conditioning, FeatureCache cache) {
    return compute(
            Prediction.Kind.FROM_CACHE,
            new NDList(sample, timestep, cache.features()),
            conditioning,
            (inputs, replaced) -> {
              FeatureCache borrowed = new FeatureCache(); // not closed: the input is the caller's
              borrowed.fill(inputs.get(2));
              return new NDList(denoiser.predict(inputs.get(0), inputs.get(1), replaced, borrowed));
            })
        .singletonOrThrow();
  }

  /** Computes a prediction from arrays and a conditioning, whose arrays are inputs, too. */
  private NDList compute(
      Prediction.Kind kind,
      NDList arrays,
      Conditioning conditioning,
      BiFunction<NDList, Conditioning, NDList> function) {
    int count = arrays.size();
    NDList inputs = new NDList(arrays).addAll(conditioning.arrays());
    return compute(
        new Prediction(kind, conditioning.guidanceScale()),
        attnProcessors(),
        inputs,
        replaced ->
            function.apply(
                replaced, conditioning.withArrays(replaced.subList(count, replaced.size()))));
  }

  @Override
  public NDList compute(
      Object what,
      Map<String, AttentionProcessor> processors,
      NDList inputs,
      UnaryOperator<NDList> function) {
    boolean capturable =
        isSmall(inputs.get(0).getShape())
            && processors.values().stream().allMatch(AttentionProcessor::isCapturable);
    return capturable
        ? callables.call(new Key(what, Map.copyOf(processors)), inputs, function)
        : function.apply(inputs);
  }

  private static boolean isSmall(Shape latents) {
    return latents.get(0) * latents.get(2) * latents.get(3) <= MOST_ROWS * USUAL_POSITIONS;
  }

  @Override
  public void loadImageAttention(StateDict weights) {
    denoiser.loadImageAttention(weights);
  }

  @Override
  public Map<String, AttentionProcessor> attnProcessors() {
    return denoiser.attnProcessors();
  }

  @Override
  public void setAttnProcessor(Map<String, ? extends AttentionProcessor> processors) {
    denoiser.setAttnProcessor(processors);
  }

  @Override
  public boolean embedsGuidanceScale() {
    return denoiser.embedsGuidanceScale();
  }

  @Override
  public MapSize mapSize(String path, Shape latents) {
    return denoiser.mapSize(path, latents);
  }

  @Override
  public boolean freeMemory() {
    return callables.stop();
  }

  @Override
  public void close() {
    callables.close();
    denoiser.close();
  }
}
