package io.boxwright.cli;

import io.boxwright.testing.TinyModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Paths that cannot be reached: file systems that do not exist, and names that are no paths. */
class UnreachablePathsTest extends CommandRuns {

  @ParameterizedTest
  @CsvSource({
    "s3a://bucket/x, --packages org.apache.hadoop:hadoop-aws:",
    "nosuch://bucket/x, --jars FILE",
    "https://example.com/x, download it first"
  })
  void aFileSystemThatIsNotThereIsOneLine(String path, String remedy) throws Exception {
    writePrompts("select 'a red circle' prompt");

    assertOneLine(run("status", path), remedy);
    assertOneLine(run("verify", path), remedy);
    assertOneLine(run("tokens", "--model", path, "a cat"), remedy);
    String model = TinyModel.FOLDER.toString();
    String prompts = folder.resolve("prompts").toString();
    String there = folder.resolve("out").toString();
    assertOneLine(run("generate", "--model", path, "--input", prompts, "--output", there), remedy);
    assertOneLine(run("generate", "--model", model, "--input", path, "--output", there), remedy);
    assertOneLine(run("generate", "--model", model, "--input", prompts, "--output", path), remedy);
  }

  @ParameterizedTest
  @CsvSource({
    "random:tiny, only bench has random models",
    "C:\\models, it is not a URI with an absolute path",
    "file:models, it is not a URI with an absolute path"
  })
  void aColonInTheNameOfAModelIsOneLine(String model, String remedy) {
    String prompts = folder.resolve("prompts").toString();
    String there = folder.resolve("out").toString();

    assertOneLine(run("tokens", "--model", model, "a cat"), remedy);
    assertOneLine(run("generate", "--model", model, "--input", prompts, "--output", there), remedy);
  }

  @Test
  void anOutputFolderThatCannotBeMadeIsOneLine() throws Exception {
    writePrompts("select 'a red circle' prompt");
    String model = TinyModel.FOLDER.toString();
    String prompts = folder.resolve("prompts").toString();
    String reason = "Cannot make output folder /proc/x: no such file or folder";

    assertOneLine(run("demo", "--output", "/proc/x"), reason);
    assertOneLine(
        run("generate", "--model", model, "--input", prompts, "--output", "/proc/x"), reason);
  }
}
