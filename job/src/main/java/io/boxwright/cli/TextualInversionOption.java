package io.boxwright.cli;

import io.boxwright.cli.OptionGroup.Part;
import io.boxwright.diffusion.loading.TextualInversion;
import io.boxwright.udf.executor.FoundTextualInversion;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SerializableConfiguration;
import picocli.CommandLine.Option;

/** The option {@code --textual-inversion}. */
@OptionGroup(Part.MODEL)
final class TextualInversionOption {

  @Option(
      names = "--textual-inversion",
      paramLabel = "FILE[:TOKEN]",
      split = ",",
      converter = NameConverter.class,
      description =
          "A textual inversion in safetensors, whose token prompts may use like a word; TOKEN by"
              + " default as the file names it. A file that is the same on every host, a Hadoop URI,"
              + " or a name that --files gave. May be given several times.")
  private List<String> values = List.of();

  /** Returns what was given, each {@code FILE} or {@code FILE:TOKEN}. */
  List<String> values() {
    return values;
  }

  /**
   * Finds the files on this host.
   *
   * @param cache the folder for copies of files that come from elsewhere
   */
  List<TextualInversion> find(Path cache, Configuration hadoop) {
    return values.stream()
        .map(
            value ->
                FoundTextualInversion.of(value, cache, new SerializableConfiguration(hadoop))
                    .localize())
        .toList();
  }
}
