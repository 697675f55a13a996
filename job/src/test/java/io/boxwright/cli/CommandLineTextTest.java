package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLineTextTest {

  @Test
  void itCanBeCopied() {
    assertThat(CommandLineText.of(List.of("generate", "--input", "my prompts", "--steps=5")))
        .isEqualTo("boxwright generate --input 'my prompts' --steps=5");
    assertThat(CommandLineText.of(List.of("generate", "--input", "it's/*.parquet")))
        .isEqualTo("boxwright generate --input 'it'\\''s/*.parquet'");
  }

  @Test
  void whatIsForTheFirstTimeOnlyIsLeftOut() {
    assertThat(CommandLineText.of(List.of("generate", "--overwrite", "--steps", "5")))
        .isEqualTo("boxwright generate --steps 5");
    assertThat(CommandLineText.ofQuoted(List.of("bin/boxwright", "generate", "--retry-errors")))
        .isEqualTo("bin/boxwright generate");
  }

  /** As bash quotes words with printf %q. */
  @Test
  void valuesOfSecretSettingsAreTakenOutWhateverTheyHold() {
    String text =
        CommandLineText.ofQuoted(
            List.of(
                "bin/boxwright",
                "--conf",
                "spark.hadoop.fs.s3a.secret.key=hidden\\ hidden\\'hidden",
                "-c",
                "$'spark.hadoop.fs.s3a.session.token=hid\\nhidden'",
                "--conf=spark.ssl.keyPassword=hidden",
                "-Dfs.azure.account.key.me=hidden==",
                "--token",
                "hidden",
                "generate",
                "--input",
                "s3a://KEY:hidden@bucket/x",
                "--steps",
                "5"));

    assertThat(text)
        .isEqualTo(
            "bin/boxwright --conf spark.hadoop.fs.s3a.secret.key=***"
                + " -c spark.hadoop.fs.s3a.session.token=*** --conf=spark.ssl.keyPassword=***"
                + " -Dfs.azure.account.key.me=*** --token *** generate"
                + " --input s3a://***@bucket/x --steps 5");
  }

  @Test
  void secretsInArgumentsAreTakenOutToo() {
    assertThat(
            CommandLineText.of(
                List.of("generate", "a.secret=hidden hidden", "--input", "s3a://K:hidden@b/x")))
        .isEqualTo("boxwright generate a.secret=*** --input 's3a://***@b/x'");
  }

  @Test
  void ownOptionsAndCommandsAreNoSecrets() {
    List<String> words =
        List.of("boxwright", "tokens", "--model", "m", "token_indices=3", "/t/token=5/x");

    assertThat(CommandLineText.ofQuoted(words)).isEqualTo(String.join(" ", words));
  }
}
