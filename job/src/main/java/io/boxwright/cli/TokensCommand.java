package io.boxwright.cli;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.clip.TokenizedPrompt;
import io.boxwright.diffusion.loading.LearnedEmbedding;
import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.TextualInversion;
import io.boxwright.diffusion.pipelines.RequestLimits;
import io.boxwright.job.report.ConsoleLines;
import io.boxwright.text.Printable;
import io.boxwright.udf.executor.ModelFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code boxwright tokens}. */
@Command(
    name = "tokens",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Prints the tokens of a prompt with their indices, for token_indices.")
final class TokensCommand implements Callable<Integer> {

  private final SparkConf conf;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      converter = NameConverter.class,
      description = ModelOptions.MODEL)
  private String model;

  @Mixin private TokenizerOption tokenizer;

  @Mixin private TextualInversionOption textualInversions;

  @Mixin private ModelCacheOption modelCache;

  @Parameters(paramLabel = "PROMPT", description = "The prompt, in quotes.")
  private String prompt;

  TokensCommand(SparkConf conf) {
    this.conf = conf;
  }

  @Override
  public Integer call() {
    checkLength();
    ConsoleLines out = new ConsoleLines(spec.commandLine().getOut());
    ConsoleLines err = new ConsoleLines(spec.commandLine().getErr());
    try (CLIPTokenizer tokenizer = openTokenizer(err)) {
      TokenizedPrompt tokenized = tokenizer.encode(prompt);
      tokenized.warnings().forEach(warning -> err.print("%s", warning));
      List<String> tokens = tokenized.tokens();
      for (int i = 0; i < tokens.size(); i++) {
        out.print("%3d  %s", i, tokens.get(i));
      }
    }
    return ExitCode.OK;
  }

  private void checkLength() {
    try {
      RequestLimits.requireLength("prompt", prompt, RequestLimits.PROMPT_CHARACTERS);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private CLIPTokenizer openTokenizer(ConsoleLines err) {
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(conf);
    Path folder =
        ModelFolder.of(model, modelCache.folder(), hadoop)
            .withTokenizer(tokenizer.folder())
            .localize();
    return CLIPTokenizer.fromPretrained(
        ModelIndex.open(folder).part("tokenizer"),
        textualInversions.find(modelCache.folder(), hadoop).stream()
            .map(inversion -> readEmbedding(inversion, err))
            .toList());
  }

  /** Reads a textual inversion and prints its token, which often differs from the file's name. */
  private static LearnedEmbedding readEmbedding(TextualInversion inversion, ConsoleLines err) {
    LearnedEmbedding embedding = LearnedEmbedding.read(inversion);
    List<String> tokens = embedding.tokens();
    err.print(
        "%s: token %s, vectors: %d",
        inversion.file(), Printable.name(tokens.get(0)), tokens.size());
    return embedding;
  }
}
