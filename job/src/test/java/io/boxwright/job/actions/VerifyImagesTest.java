package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunLock;
import io.boxwright.job.report.RunStatus;
import io.boxwright.job.report.StatusReport;
import io.boxwright.job.report.VerifyResult;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.SharedSpark;
import io.boxwright.testing.StubLoader;
import io.boxwright.testing.TinyModel;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.generate.GuidedImageGenerator;
import io.boxwright.udf.table.Seeding;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code verify} and {@code status} say of folders. */
class VerifyImagesTest extends SharedSpark {

  /** Makes what status prints work from any folder. */
  private static final String FROM_HERE = "cd " + System.getProperty("user.dir") + " && ";

  @TempDir private Path folder;

  private void generate() {
    generate(1, Seeding.IMAGE);
  }

  private void generate(int imagesPerPrompt, Seeding seeding) {
    GuidedImageGenerator generator =
        new GuidedImageGenerator()
            .setModelUrl(TinyModel.FOLDER.toString())
            .setDeviceType(DeviceType.CPU)
            .setPipelineLoader(new StubLoader())
            .setNumImagesPerPrompt(imagesPerPrompt)
            .setSeeding(seeding);
    String query = "select if(id = 7, '', 'a cat') prompt from range(10)";
    new GenerateImages(spark, generator)
        .input(LocalSpark.table(spark, folder.resolve("prompts"), query))
        .output(folder.resolve("out").toString())
        .chunkRows(4)
        .command("the command")
        .execute();
  }

  private VerifyResult verify() {
    return new VerifyImages(spark).execute(folder.resolve("out").toString());
  }

  private String status() {
    RunStatus status =
        new ReadStatus(new Configuration()).execute(folder.resolve("out").toString());
    StringWriter text = new StringWriter();
    new StatusReport(new PrintWriter(text)).print(status);
    return text.toString();
  }

  @Test
  void aFinishedRunIsAsPlanned() {
    generate();

    assertThat(verify().problems()).isEmpty();
    assertThat(verify().images()).isEqualTo(10);
    assertThat(verify().failed()).isEqualTo(1);
    assertThat(status())
        .contains("State: finished")
        .contains("10 of 10 done, 1 of them failed, 0 left (3 of 3 chunks)")
        .contains("Invalid prompt: it is empty")
        .contains(
            "1 failed image has a wrong row. Correct the table, and give another"
                + " --output, or --overwrite")
        .doesNotContain("--retry-errors");
  }

  @Test
  void seedsFollowTheSeedingOfTheRun() {
    generate(2, Seeding.PROMPT);

    assertThat(verify().problems()).isEmpty();
    assertThat(verify().images()).isEqualTo(20);
  }

  @Test
  void whatIsMissingOrTooMuchIsNamed() throws Exception {
    generate();
    Path images = folder.resolve("out/images");
    Files.delete(images.resolve("chunk-00002.parquet"));
    Files.copy(images.resolve("chunk-00000.parquet"), images.resolve("chunk-00001.r1.parquet"));
    Files.createDirectories(folder.resolve("out/_staging"));
    Files.createFile(folder.resolve("out/_staging/chunk-00002.x.parquet"));

    assertThat(verify().problems())
        .containsExactlyInAnyOrder(
            "chunks are missing: 1 of 3, number 2",
            "images/chunk-00001.r1.parquet: it holds chunk 0",
            "_staging/chunk-00002.x.parquet was left by an attempt that was cut off");
    assertThat(status())
        .contains("8 of 10 done", "2 left", "To go on: " + FROM_HERE + "the command")
        .contains("In images: chunk-00001.r1.parquet (it holds chunk 0) does not count");
    StringWriter text = new StringWriter();
    verify().print(new PrintWriter(text));
    assertThat(text.toString())
        .contains("3 problems")
        .contains("To repair it: move the files named above out of the folder")
        .contains("then make what is missing: " + FROM_HERE + "the command");
  }

  @Test
  void adviceOnARunThatWasMovedNamesBothFolders() throws Exception {
    generate();
    Files.move(folder.resolve("out"), folder.resolve("moved"));
    String moved = folder.resolve("moved").toString();
    Files.delete(folder.resolve("moved/images/chunk-00002.parquet"));

    assertThat(new ReadStatus(new Configuration()).execute(moved).command())
        .hasToString(
            "%sthe command (the run has moved: give %s in place of file:%s)"
                .formatted(FROM_HERE, moved, folder.resolve("out")));
  }

  @Test
  void damagedPicturesAreNamed() throws Exception {
    generate();
    Path images = folder.resolve("out/images");
    byte[] bytes = Files.readAllBytes(images.resolve("chunk-00000.parquet"));
    int png = new String(bytes, "ISO-8859-1").indexOf("IDAT");
    java.util.Arrays.fill(bytes, png, png + 40, (byte) 0);
    Files.write(images.resolve("chunk-00000.parquet"), bytes);
    Files.writeString(images.resolve("chunk-00001.parquet"), "no Parquet");

    assertThat(verify().problems())
        .hasSize(4)
        .contains("chunk-00000.parquet: it was changed after it was written")
        .anyMatch(
            problem -> problem.startsWith("chunk-00000.parquet, rows 0 to 3, column image.bytes: "))
        .contains("chunks are missing: 1 of 3, number 1")
        .anyMatch(
            problem ->
                problem.startsWith(
                    "images/chunk-00001.parquet: it is not a complete Parquet file: "));
  }

  @Test
  void statusSaysWhoRuns() throws Exception {
    generate();
    Files.delete(folder.resolve("out/images/chunk-00002.parquet"));
    RunFolder run = RunFolder.of(new Configuration(), folder.resolve("out").toString());
    try (RunLock lock = RunLock.take(run, "app-7", () -> {})) {
      assertThat(status()).contains("State: running: process", "app-7").doesNotContain("To go on");
    }
  }

  @Test
  void aFolderWithoutARunIsRefused() {
    assertThatThrownBy(this::status)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("There is no run in");
  }
}
