package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.Checkpoints;
import io.boxwright.testing.TinyModel;
import io.boxwright.testing.VaultFileSystem;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command {@code boxwright generate} with a checkpoint in place of a folder. */
class SingleFileRunTest extends CommandRuns {

  private static final String TOKENIZER = TinyModel.FOLDER.resolve("tokenizer").toString();

  @BeforeEach
  void writeFiles() throws Exception {
    Checkpoints.of("tiny-sd15").write(folder.resolve("style.safetensors"));
    writePrompts("select 'a red circle' prompt");
  }

  private int generateWith(String model, String... options) {
    List<String> arguments = new ArrayList<>(List.of("--steps=1", "--height=64", "--width=64"));
    arguments.addAll(List.of("--model-cache", folder.resolve("cache").toString()));
    arguments.addAll(List.of(options));
    List<String> all = new ArrayList<>(List.of("generate", "--model", model));
    all.addAll(List.of("--input", folder.resolve("prompts").toString()));
    all.addAll(List.of("--output", folder.resolve("out").toString()));
    all.addAll(arguments);
    return run(all.toArray(String[]::new));
  }

  @Test
  void aCheckpointOfAHadoopFileSystemNeedsOnlyATokenizer() throws Exception {
    conf.set("spark.hadoop.fs.vault.impl", VaultFileSystem.class.getName());
    String model = "vault://host" + folder.resolve("style.safetensors");

    assertThat(
            generateWith(
                model, "--tokenizer", "vault://host" + TOKENIZER, "--prediction-type=v_prediction"))
        .as(err.toString())
        .isEqualTo(ExitCode.OK);
    assertThat(Files.readString(folder.resolve("out/plan.json")))
        .contains(model, "\"prediction_type\" : \"v_prediction\"");

    assertThat(generateWith(model, "--tokenizer", TOKENIZER)).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString())
        .contains("prediction_type is v_prediction there, not set here", "model is ");
  }

  @Test
  void whatIsMissingIsOneLine() {
    String model = folder.resolve("style.safetensors").toString();

    assertOneLine(generateWith(model), "give the folder with vocab.json and merges.txt of its");
    assertOneLine(
        generateWith(model, "--tokenizer", TOKENIZER, "--variant=fp16"),
        "single files have no variants: leave it out");
    assertOneLine(
        generateWith(TinyModel.FOLDER.toString(), "--tokenizer", TOKENIZER),
        "only single files NAME.safetensors take one");
    assertRefused(
        generateWith(model, "--prediction-type=eps"),
        "prediction_type is eps, it must be one of epsilon, v_prediction, sample");
  }
}
