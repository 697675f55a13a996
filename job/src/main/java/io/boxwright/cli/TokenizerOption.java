package io.boxwright.cli;

import io.boxwright.cli.OptionGroup.Part;
import picocli.CommandLine.Option;

/** The option {@code --tokenizer} of all commands that open a model. */
@OptionGroup(Part.MODEL)
final class TokenizerOption {

  @Option(
      names = "--tokenizer",
      paramLabel = "FOLDER",
      converter = NameConverter.class,
      description =
          "For --model NAME.safetensors: the folder with vocab.json and merges.txt of its base model,"
              + " the same on every host, or a Hadoop URI. Default: NAME/tokenizer or tokenizer"
              + " beside the file.")
  private String folder;

  /** Returns the folder as it was given; null for the default. */
  String folder() {
    return folder;
  }
}
