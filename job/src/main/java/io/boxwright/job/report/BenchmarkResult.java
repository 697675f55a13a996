package io.boxwright.job.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Map;

/**
 * How fast a pipeline was. As JSON, what was measured stands beside what came out.
 *
 * @param setup what was measured
 * @param loadSeconds of loading the pipeline
 * @param seconds of each timed batch, from the prompts to the files
 * @param medianSeconds of those
 * @param imagesPerSecond the batch size over the median
 * @param stages median seconds of each stage of a batch; on a GPU of further batches, which wait
 *     for it at the end of every stage
 * @param guidancePass one guided pass; null if there was none
 * @param denoisePass one step
 * @param shareOutsideUnet median share of a batch's time that was spent neither on guided passes
 *     nor on predictions, 0 to 1
 * @param tflops 10^12 operations of the UNet a second, while it is at work
 * @param peakHostBytes the most memory that the process ever held; null if unknown
 * @param peakDeviceBytes memory in use on the GPU at the end; null if unknown, or without a GPU
 */
public record BenchmarkResult(
    @JsonUnwrapped Setup setup,
    double loadSeconds,
    List<Double> seconds,
    double medianSeconds,
    double imagesPerSecond,
    Map<String, Double> stages,
    Pass guidancePass,
    Pass denoisePass,
    double shareOutsideUnet,
    double tflops,
    Long peakHostBytes,
    Long peakDeviceBytes) {

  /**
   * What was measured.
   *
   * @param model its name
   * @param device such as {@code gpu0}
   * @param deviceName the model of the processor; null if unknown
   * @param dtype type of the weights, such as {@code float16}
   * @param versions of the software
   * @param scheduler class name
   * @param batchSize images made together
   * @param steps asked for
   * @param predictions of the UNet for an image: some schedulers need one more than steps
   * @param guidanceScale of classifier-free guidance
   * @param guidanceSteps guided ones of the steps
   * @param iterations guided passes in each of those
   * @param height of the images, in pixels
   * @param width of the images, in pixels
   * @param warmups batches before the timed ones
   * @param repetitions timed batches
   */
  public record Setup(
      String model,
      String device,
      String deviceName,
      String dtype,
      String versions,
      String scheduler,
      int batchSize,
      int steps,
      int predictions,
      double guidanceScale,
      int guidanceSteps,
      int iterations,
      int height,
      int width,
      int warmups,
      int repetitions) {}

  /**
   * One pass of the UNet over a batch.
   *
   * @param millisecondsPerSample time over the samples of the batch
   * @param gflopPerSample 10^9 operations, counted from the architecture
   * @param tflops 10^12 operations a second
   */
  public record Pass(double millisecondsPerSample, double gflopPerSample, double tflops) {}
}
