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

/**
 * A denoiser whose passes a GPU records and replays. A GPU computes a pass over a few rows sooner
 * than its host can launch the kernels one by one. Larger passes, and those with attention
 * processors that are not {@linkplain AttentionProcessor#isCapturable capturable}, run as usual.
 *
 * <p>It belongs to one thread at a time, and owns its recordings.
 */
public final class GraphedDenoiser implements Denoiser {

  /** The most numbers of a recorded pass's latents, 64 rows of 64x64; a host keeps up with more. */
  private static final long MOST_NUMBERS = new Shape(64, 4, 64, 64).size();

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
            recorder ->
                new GraphedDenoiser(
                    denoiser, new GraphedCallables(recorder, manager, MOST_NUMBERS)))
        .orElse(denoiser);
  }

  /** The facts that make computations the same function of their inputs. */
  private record Key(
      Object what, double guidanceScale, Map<String, AttentionProcessor> processors) {}

  /** The kinds of predictions. */
  private enum Prediction {
    WHOLE,
    FILLING_CACHE,
    FROM_CACHE
  }

  @Override
  public NDArray predict(NDArray sample, NDArray timestep, Conditioning conditioning) {
    if (GradMode.isEnabled()) {
      return denoiser.predict(sample, timestep, conditioning);
    }
    return compute(
            Prediction.WHOLE,
            attnProcessors(),
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
            Prediction.FILLING_CACHE,
            attnProcessors(),
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
            Prediction.FROM_CACHE,
            attnProcessors(),
            new NDList(sample, timestep, cache.features()),
            conditioning,
            (inputs, replaced) -> {
              FeatureCache borrowed = new FeatureCache(); // not closed: the input is the caller's
              borrowed.fill(inputs.get(2));
              return new NDList(denoiser.predict(inputs.get(0), inputs.get(1), replaced, borrowed));
            })
        .singletonOrThrow();
  }

  @Override
  public NDList compute(
      Object what,
      Map<String, AttentionProcessor> processors,
      NDList inputs,
      Conditioning conditioning,
      BiFunction<NDList, Conditioning, NDList> function) {
    if (!areCapturable(processors)) {
      return function.apply(inputs, conditioning);
    }
    int count = inputs.size();
    return callables.call(
        new Key(what, conditioning.guidanceScale(), Map.copyOf(processors)),
        new NDList(inputs).addAll(conditioning.arrays()),
        arrays ->
            function.apply(
                arrays.subNDList(0, count),
                conditioning.withArrays(arrays.subList(count, arrays.size()))));
  }

  private static boolean areCapturable(Map<String, AttentionProcessor> processors) {
    return processors.values().stream().allMatch(AttentionProcessor::isCapturable);
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
    return callables.freeMemory();
  }

  @Override
  public void close() {
    callables.close();
    denoiser.close();
  }
}
