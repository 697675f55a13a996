package io.boxwright.job.report;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Map;

/**
 * The speed of a pipeline. In JSON, the keys of the setup stand beside those of the results.
 *
 * @param setup the setup of the benchmark
 * @param loadSeconds the seconds of loading the pipeline
 * @param seconds the seconds of each timed batch, from the prompts to the files
 * @param medianSeconds the median of those
 * @param imagesPerSecond the batch size divided by the median
 * @param stages the median seconds of each stage of a batch; on a GPU they come from further
 *     batches, which wait for the GPU at the end of every stage
 * @param guidancePass one guided pass; null if there was none
 * @param denoisePass one denoising step
 * @param shareOutsideUnet the median share of a batch's time that was spent neither on guided
 *     passes nor on predictions, 0 to 1
 * @param tflops the operations of the UNet, in 10^12 a second, while it is at work
 * @param detection the detector that looked at the images; null if there was none
 * @param peakHostBytes the peak memory of the process; null if unknown
 * @param peakDeviceBytes the memory in use on the GPU at the end; null if unknown, or without a GPU
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
    Detection detection,
    Long peakHostBytes,
    Long peakDeviceBytes) {

  /**
   * The setup of a benchmark.
   *
   * @param model the name of the model
   * @param device the device, such as {@code gpu0}
   * @param deviceName the model of the processor; null if unknown
   * @param dtype the type of the weights, such as {@code float16}
   * @param versions the versions of the software
   * @param scheduler the class name of the scheduler
   * @param batchSize the number of images made together
   * @param steps the number of steps requested
   * @param predictions the number of the UNet's predictions for an image; some schedulers need one
   *     more than steps
   * @param guidanceScale the scale of classifier-free guidance
   * @param guidanceSteps the number of guided steps
   * @param iterations the number of guided passes in each guided step
   * @param height the height of the images, in pixels
   * @param width the width of the images, in pixels
   * @param warmups the number of batches before the timed ones
   * @param repetitions the number of timed batches
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
   * @param millisecondsPerSample the time divided by the samples of the batch
   * @param gflopPerSample the operations, in 10^9, counted from the architecture
   * @param tflops the operations in 10^12 a second
   */
  public record Pass(double millisecondsPerSample, double gflopPerSample, double tflops) {}

  /**
   * A detector or scorer that looked at the images of each batch.
   *
   * @param name the name or folder of its model
   * @param seconds the median seconds of looking at a batch, which are not part of making it
   * @param share those seconds divided by the median seconds of making the batch
   */
  public record Detection(String name, double seconds, double share) {}
}
