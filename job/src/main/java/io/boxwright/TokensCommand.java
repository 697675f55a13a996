package io.boxwright;

import io.boxwright.clip.CLIPTokenizer;
import io.boxwright.loading.ModelIndex;
import io.boxwright.spark.ModelFolder;
import io.boxwright.text.Printable;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code boxwright tokens}. */
@Command(
    name = "tokens",
    mixinStandardHelpOptions = true,
    description = "Prints the tokens of a prompt with their indices, for token_indices.")
final class TokensCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description = ModelOptions.MODEL)
  private String model;

  @Mixin private ModelCacheOption modelCache;

  @Parameters(paramLabel = "PROMPT", description = "The prompt, in quotes.")
  private String prompt;

  @Override
  public Integer call() {
    try (CLIPTokenizer tokenizer = tokenizer()) {
      List<String> tokens = tokenizer.tokens(prompt);
      for (int i = 0; i < tokens.size(); i++) {
        spec.commandLine().getOut().printf("%3d  %s%n", i, Printable.value(tokens.get(i)));
      }
    }
    return ExitCode.OK;
  }

  private CLIPTokenizer tokenizer() {
    Path folder = ModelFolder.of(model, modelCache.folder()).localize();
    return CLIPTokenizer.fromPretrained(ModelIndex.open(folder).part("tokenizer"));
  }
}
