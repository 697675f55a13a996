package io.boxwright.cli;

import io.boxwright.cli.OptionGroup.Part;
import io.boxwright.udf.generate.GuidedImageGenerator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of pictures that images should resemble. */
@OptionGroup(Part.MODEL)
final class ImagePromptOptions {

  @Option(
      names = "--ip-adapter",
      paramLabel = "FILE",
      converter = NameConverter.class,
      description =
          "An IP-Adapter in safetensors: plain, Plus or full face. A file that is the same on every"
              + " host, a Hadoop URI, or a name that --files gave. Every row then needs a picture in the column"
              + " ip_adapter_image: bytes, a struct of bytes and path, or a path.")
  private String ipAdapter;

  @Option(
      names = "--image-encoder",
      paramLabel = "FOLDER",
      converter = NameConverter.class,
      description =
          "Folder of the image encoder that the IP-Adapter was trained with, the same on every host,"
              + " or a Hadoop URI. Default: image_encoder in the model's folder.")
  private String imageEncoder;

  @Option(
      names = "--ip-adapter-scale",
      defaultValue = "1",
      paramLabel = "X",
      description =
          "Weight of the pictures of rows without ip_adapter_scale, usually 0 to 1. Default:"
              + " ${DEFAULT-VALUE}.")
  private double ipAdapterScale;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /**
   * Hands the options to a generator.
   *
   * @throws IllegalArgumentException if options were given that only an IP-Adapter has
   */
  void configure(GuidedImageGenerator generator) {
    if (ipAdapter == null && imageEncoder != null) {
      throw new IllegalArgumentException("--image-encoder only serves an --ip-adapter FILE");
    }
    if (ipAdapter == null && isTyped("--ip-adapter-scale")) {
      throw new IllegalArgumentException("No effect without --ip-adapter: --ip-adapter-scale");
    }
    generator
        .setIPAdapter(ipAdapter)
        .setImageEncoder(imageEncoder)
        .setIPAdapterScale(ipAdapterScale);
  }

  private boolean isTyped(String option) {
    return command.commandLine().getParseResult().hasMatchedOption(option);
  }
}
