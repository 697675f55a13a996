package io.boxwright.diffusion.schedulers;

import static io.boxwright.diffusion.loading.ConfigValues.require;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.loading.ModelLoadingException;
import java.nio.file.Path;
import java.util.List;

/**
 * A diffusers {@code scheduler_config.json}: what it sets and no more. A key that the file leaves
 * out, or sets to null, is null here, and every scheduler puts its own default in its place, as
 * {@code from_config} does; so any scheduler can be made from any other's configuration. A
 * scheduler ignores the keys that its diffusers namesake does not have.
 *
 * @param className {@code _class_name}, the scheduler that the file was written for
 * @param numTrainTimesteps how many timesteps the model was trained with, 1 to 100,000; default
 *     1000
 * @param betaStart the first beta; default 0.0001
 * @param betaEnd the last beta; default 0.02
 * @param betaSchedule {@code linear} (default), {@code scaled_linear} or {@code squaredcos_cap_v2}
 * @param trainedBetas the betas themselves, which makes the three before it void
 * @param predictionType what the model predicts: {@code epsilon} (default), {@code v_prediction} or
 *     {@code sample}
 * @param timestepSpacing {@code linspace}, {@code leading} or {@code trailing}
 * @param stepsOffset what {@code leading} adds to every timestep; default 0
 * @param rescaleBetasZeroSnr whether the last timestep becomes pure noise; default false
 * @param skipPrkSteps PNDM: whether it starts without Runge-Kutta steps; default false
 * @param setAlphaToOne PNDM (default false) and DDIM (default true): whether the last step ends at
 *     no noise at all instead of that of timestep 0
 * @param clipSample DDIM: whether predicted originals are clipped; default true
 * @param clipSampleRange DDIM: to plus and minus what; default 1
 * @param thresholding must be false
 * @param interpolationType Euler: {@code linear} (default) or {@code log_linear}
 * @param timestepType Euler: must be {@code discrete}
 * @param finalSigmasType Euler and DPM-Solver: {@code zero} (default) or {@code sigma_min}
 * @param sigmaMin Euler and DPM-Solver: the last of the Karras sigmas; default from the betas
 * @param sigmaMax Euler and DPM-Solver: the first of the Karras sigmas; default from the betas
 * @param useKarrasSigmas whether steps are spaced as Karras et al. (2022) do; default false
 * @param useExponentialSigmas must be false
 * @param useBetaSigmas must be false
 * @param useLuLambdas must be false
 * @param useFlowSigmas must be false
 * @param useDynamicShifting must be false
 * @param algorithmType DPM-Solver: {@code dpmsolver++} (default), {@code dpmsolver}, {@code
 *     sde-dpmsolver++} or {@code sde-dpmsolver}
 * @param solverOrder DPM-Solver: 1, 2 (default) or 3
 * @param solverType DPM-Solver: {@code midpoint} (default) or {@code heun}
 * @param lowerOrderFinal DPM-Solver: whether short runs end with lower orders; default true
 * @param eulerAtFinal DPM-Solver: whether every run ends with order 1; default false
 * @param lambdaMinClipped DPM-Solver: timesteps whose log signal-to-noise ratio is below are left
 *     out; default minus infinity
 * @param varianceType DPM-Solver: must not be learned
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SchedulerConfig(
    @JsonProperty("_class_name") String className,
    Integer numTrainTimesteps,
    Double betaStart,
    Double betaEnd,
    String betaSchedule,
    List<Double> trainedBetas,
    String predictionType,
    String timestepSpacing,
    Integer stepsOffset,
    Boolean rescaleBetasZeroSnr,
    Boolean skipPrkSteps,
    Boolean setAlphaToOne,
    Boolean clipSample,
    Double clipSampleRange,
    Boolean thresholding,
    String interpolationType,
    String timestepType,
    String finalSigmasType,
    Double sigmaMin,
    Double sigmaMax,
    Boolean useKarrasSigmas,
    Boolean useExponentialSigmas,
    Boolean useBetaSigmas,
    Boolean useLuLambdas,
    Boolean useFlowSigmas,
    Boolean useDynamicShifting,
    String algorithmType,
    Integer solverOrder,
    String solverType,
    Boolean lowerOrderFinal,
    Boolean eulerAtFinal,
    Double lambdaMinClipped,
    String varianceType) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_TIMESTEPS = 100_000;

  /** Checks the ranges of the numbers that are set. */
  public SchedulerConfig {
    require(
        numTrainTimesteps == null || numTrainTimesteps >= 1 && numTrainTimesteps <= MOST_TIMESTEPS,
        "num_train_timesteps",
        numTrainTimesteps,
        "from 1 to " + MOST_TIMESTEPS);
    require(isBeta(betaStart), "beta_start", betaStart, "between 0 and 1");
    require(isBeta(betaEnd), "beta_end", betaEnd, "between 0 and 1");
    require(
        stepsOffset == null || stepsOffset >= 0 && stepsOffset < MOST_TIMESTEPS,
        "steps_offset",
        stepsOffset,
        "at least 0 and less than " + MOST_TIMESTEPS);
    require(isPositive(clipSampleRange), "clip_sample_range", clipSampleRange, "greater than 0");
    require(isPositive(sigmaMin), "sigma_min", sigmaMin, "greater than 0");
    require(isPositive(sigmaMax), "sigma_max", sigmaMax, "greater than 0");
    require(
        sigmaMin == null || sigmaMax == null || sigmaMin < sigmaMax,
        "sigma_min",
        sigmaMin,
        "less than sigma_max, " + sigmaMax);
    require(
        lambdaMinClipped == null || !lambdaMinClipped.isNaN(),
        "lambda_min_clipped",
        lambdaMinClipped,
        "a number");
    trainedBetas = trainedBetas == null ? null : List.copyOf(trainedBetas);
    requireBetas(trainedBetas == null ? List.of() : trainedBetas);
  }

  private static void requireBetas(List<Double> betas) {
    for (int t = 0; t < betas.size(); t++) {
      require(
          isBeta(betas.get(t)), "trained_betas[%d]".formatted(t), betas.get(t), "between 0 and 1");
    }
  }

  /**
   * Reads a {@code scheduler_config.json}.
   *
   * @throws ModelLoadingException naming the file and what is wrong in it
   */
  public static SchedulerConfig read(Path file) {
    return JsonConfig.read(file, SchedulerConfig.class);
  }

  /** The same for another class. */
  public SchedulerConfig withClassName(String name) {
    ObjectNode tree = JSON.valueToTree(this);
    tree.put("_class_name", name);
    return JSON.convertValue(tree, SchedulerConfig.class);
  }

  /**
   * The same as diffusers' {@code StableDiffusionPipeline} corrects the scheduler that it is made
   * with: {@code steps_offset} 1 and no {@code clip_sample}.
   */
  public SchedulerConfig forStableDiffusion() {
    ObjectNode tree = JSON.valueToTree(this);
    tree.put("steps_offset", 1).put("clip_sample", false);
    return JSON.convertValue(tree, SchedulerConfig.class);
  }

  /**
   * The configuration that another scheduler gets by {@code from_config(pipe.scheduler.config)},
   * the way in which diffusers' users change schedulers. The pipeline has corrected what the file
   * says; what the file does not say has the other scheduler's default, uncorrected: so DDIM, made
   * from a PNDM that says nothing about it, clips.
   */
  public SchedulerConfig forSwap() {
    ObjectNode tree = JSON.valueToTree(this);
    if (stepsOffset != null) {
      tree.put("steps_offset", 1);
    }
    if (clipSample != null) {
      tree.put("clip_sample", false);
    }
    return JSON.convertValue(tree, SchedulerConfig.class);
  }

  private static boolean isBeta(Double value) {
    return value == null || value > 0 && value < 1;
  }

  private static boolean isPositive(Double value) {
    return value == null || value > 0 && Double.isFinite(value);
  }
}
