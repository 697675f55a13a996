package io.boxwright;

import io.boxwright.clip.CLIPTokenizer;
import io.boxwright.input.InvalidInputException;
import io.boxwright.loading.ModelIndex;
import io.boxwright.loading.ModelLoadingException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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
      paramLabel = "FOLDER",
      description = "Stable Diffusion in diffusers format: the folder with model_index.json.")
  private Path model;

  @Parameters(paramLabel = "PROMPT", description = "The prompt, in quotes.")
  private String prompt;

  @Override
  public Integer call() {
    try (CLIPTokenizer tokenizer = tokenizer()) {
      List<String> tokens = tokenizer.tokens(prompt);
      for (int i = 0; i < tokens.size(); i++) {
        spec.commandLine().getOut().printf("%3d  %s%n", i, tokens.get(i));
      }
    }
    return ExitCode.OK;
  }

  private CLIPTokenizer tokenizer() {
    try {
      return CLIPTokenizer.fromPretrained(ModelIndex.open(model).part("tokenizer"));
    } catch (ModelLoadingException e) {
      throw new InvalidInputException(e.getMessage(), e);
    }
  }
}
