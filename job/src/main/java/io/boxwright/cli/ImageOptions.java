package io.boxwright.cli;

import io.boxwright.cli.OptionGroup.Part;
import io.boxwright.diffusion.guidance.BatchShape;
import io.boxwright.diffusion.pipelines.GenerationOptions.AttentionMaps;
import io.boxwright.udf.generate.BatchSize;
import io.boxwright.udf.generate.GuidedImageGenerator;
import io.boxwright.udf.table.Seeding;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the images and of how they are denoised. */
@OptionGroup(Part.SAMPLING)
final class ImageOptions {

  @Mixin private DenoisingOptions denoising;

  @Option(
      names = "--eta",
      defaultValue = "0",
      paramLabel = "X",
      description = "Noise of the steps of DDIM and TCD, 0 to 1. Default: ${DEFAULT-VALUE}.")
  private double eta;

  @Option(
      names = "--num-images-per-prompt",
      defaultValue = "1",
      paramLabel = "N",
      converter = CountConverter.class,
      description = "Images for each row. Default: ${DEFAULT-VALUE}.")
  private int numImagesPerPrompt;

  @Option(
      names = "--seeding",
      defaultValue = "image",
      paramLabel = "image|prompt",
      description =
          "Noise of a row's images. image: each has a seed of its own, counted up from the row's."
              + " prompt: all come from one generator with the row's seed, so an image depends on"
              + " --num-images-per-prompt. Default: ${DEFAULT-VALUE}.")
  private Seeding seeding;

  @Option(
      names = "--batch-size",
      defaultValue = "8",
      paramLabel = "N|auto",
      converter = BatchSizeConverter.class,
      description =
          "Images made together. More is faster on a GPU and takes more memory. auto: as many as suit"
              + " the device and fit into its memory. Default: ${DEFAULT-VALUE}.")
  private BatchSize batchSize;

  @Option(
      names = "--batch-shape",
      defaultValue = "fixed",
      paramLabel = "fixed|shrinking",
      description =
          "fixed: all rows of a batch stay in every pass, so that the bytes of an image depend only"
              + " on its place in the batch and on the number of rows. shrinking: rows that need no more guidance"
              + " leave it (on a GPU eight at a time, or half of a small batch), which is faster where"
              + " passes are long. Default: ${DEFAULT-VALUE}.")
  private BatchShape batchShape;

  @OptionGroup(Part.CLUSTER)
  @Option(
      names = "--batch-timeout",
      defaultValue = "0",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "Time that a batch may take, such as 90s or 10m. After it the executor ends and Spark tries"
              + " the task elsewhere; with a local master the job fails. 0: no limit. Default:"
              + " ${DEFAULT-VALUE}.")
  private Duration batchTimeout;

  @OptionGroup(Part.OUTPUT)
  @Option(
      names = "--save-attention",
      arity = "0..1", // so that the key's true and the flag do not cancel out
      defaultValue = "false",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Also write the attention maps that images are scored by.")
  private boolean saveAttention;

  /** Hands the options to a generator. */
  void configure(GuidedImageGenerator generator) {
    AttentionMaps attentionMaps = saveAttention ? AttentionMaps.KEEP : AttentionMaps.DROP;
    generator
        .setOptions(
            denoising
                .generationOptions()
                .withEta(eta)
                .withAttentionMaps(attentionMaps)
                .withBatchShape(batchShape))
        .setNumImagesPerPrompt(numImagesPerPrompt)
        .setSeeding(seeding)
        .setBatchSize(batchSize)
        .setBatchTimeout(batchTimeout);
  }
}
