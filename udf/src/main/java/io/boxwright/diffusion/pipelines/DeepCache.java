package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.models.Conditioning;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.models.FeatureCache;
import java.util.function.IntPredicate;

/**
 * The predictions of a run with DeepCache: {@code DeepCacheSDHelper} of the authors' library, with
 * {@code cache_branch_id=0} and the uniform rule ("DeepCache: Accelerating Diffusion Models for
 * Free", section 3). The whole denoiser runs at the first call, and again whenever the place of the
 * timestep is a multiple of the interval after that of the first call. The calls between take the
 * features that the last whole one left.
 *
 * <p>As in the library, the place of a timestep is the first one where the schedule has it. PNDM
 * and HeunDiscrete repeat timesteps, so two of their calls can have the same place.
 *
 * <p>Guided steps run the whole denoiser and leave no features, so the step after them counts as
 * the first call. So does the first one without classifier-free guidance, whose batch is half as
 * large.
 */
final class DeepCache implements AutoCloseable {

  private static final int OFF = 1;

  private final Denoiser denoiser;
  private final double[] timesteps;
  private final int interval;
  private final IntPredicate guided;
  private final FeatureCache cache = new FeatureCache();
  private long rows; // of the cached features
  private int firstPlace;

  /**
   * Starts a run.
   *
   * @param timesteps the timestep of each call
   * @param interval the interval between whole calls; 1 makes all calls whole
   * @param guided tells whether a call belongs to a step that may be guided
   */
  DeepCache(Denoiser denoiser, double[] timesteps, int interval, IntPredicate guided) {
    this.denoiser = denoiser;
    this.timesteps = timesteps;
    this.interval = interval;
    this.guided = guided;
  }

  /**
   * Makes call {@code i} of the denoiser.
   *
   * @param sample scaled latents, (B, C, h, w), float32
   * @param conditioning the conditioning of B or 2B rows
   * @return the prediction, (B or 2B, C, h, w), float32
   */
  NDArray predict(NDArray sample, int i, Conditioning conditioning) {
    NDArray timestep = Denoiser.makeTimestep(sample, timesteps[i]); // (1)
    if (interval == OFF || guided.test(i)) {
      rows = 0;
      cache.clear();
      return denoiser.predict(sample, timestep, conditioning);
    }
    if (isWhole(i, conditioning.promptEmbeds().getShape().get(0))) {
      cache.clear();
    }
    return denoiser.predict(sample, timestep, conditioning, cache);
  }

  private boolean isWhole(int i, long callRows) {
    int place = findPlace(timesteps[i]);
    if (callRows != rows) {
      rows = callRows;
      firstPlace = place;
    }
    return (place - firstPlace) % interval == 0;
  }

  private int findPlace(double timestep) {
    int place = 0;
    while (timesteps[place] != timestep) {
      place++;
    }
    return place;
  }

  @Override
  public void close() {
    cache.close();
  }
}
