package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.BrokenLoader;
import io.boxwright.testing.TinyModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The command {@code boxwright generate}: how runs end, and what they print. */
class GenerateCommandTest extends CommandRuns {

  @Test
  void goodRowsEndWithZeroAndBadOnesWithThree() throws Exception {
    writePrompts("select 'a red circle' prompt");
    assertThat(generate("--steps", "1", "--height", "64", "--width", "64")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("1 of 1 image made", folder.resolve("out").toString());

    Files.move(folder.resolve("out"), folder.resolve("out of the way"));
    Files.move(folder.resolve("prompts"), folder.resolve("prompts out of the way"));
    writePrompts("select explode(array('', 'a red circle')) prompt");
    assertThat(generate("--steps", "1", "--height", "64", "--width", "64"))
        .isEqualTo(ExitCode.ROWS_FAILED);
    assertThat(out.toString()).contains("1 image failed", "Invalid prompt: it is empty");
  }

  @Test
  void aDetectorAddsItsScores() throws Exception {
    writePrompts(
        "select 'a red circle' prompt, array(array(0D, 0D, 0.5D, 0.5D)) bboxes,"
            + " array('a red circle') phrases");

    assertThat(generate("--steps", "1", "--detector", "Shapes")).isEqualTo(ExitCode.OK);

    assertThat(out.toString()).contains("Objects detected in the images, mean of 1 image:");
    assertThat(Files.readString(folder.resolve("out/run.json")))
        .contains("stage_seconds", "detect", "png", "write");
  }

  @Test
  void whatChangesTheModelIsPartOfThePlan() throws Exception {
    Path fixtures = Path.of("../udf/src/test/resources/fixtures").toRealPath();
    byte[] png = Files.readAllBytes(fixtures.resolve("detectors/small.png"));
    writePrompts(
        "select 'a red circle' prompt, 0.5D ip_adapter_scale,"
            + " named_struct('bytes', unhex('%s'), 'path', string(null)) ip_adapter_image"
                .formatted(HexFormat.of().formatHex(png)));
    String lora = fixtures.resolve("loras/peft.safetensors").toString();
    String adapter = "--ip-adapter=" + fixtures.resolve("ip-adapter/plain.safetensors");
    String encoder = "--image-encoder=" + fixtures.resolve("ip-adapter/image_encoder");
    String unchecked = "--no-safety-checker";

    assertThat(generate("--steps=1", "--lora", lora + ":0.5", adapter, encoder, unchecked))
        .isEqualTo(ExitCode.OK);
    assertThat(Files.readString(folder.resolve("out/plan.json")))
        .contains(
            "peft.safetensors:0.5 sha256 ",
            "plain.safetensors sha256 ",
            "image_encoder sha256 ",
            "\"safety_check\" : \"none\"");
    assertThat(Files.readString(folder.resolve("out/run.json"))).contains("\"nsfw\" : 0");

    assertThat(generate("--steps=1", "--lora", lora)).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString())
        .contains("lora is ", "ip_adapter is ", "safety_check is none there, not set here");
  }

  @Test
  void stepsAndSeedingArePartOfThePlan() throws Exception {
    writePrompts("select 'a cat' prompt");

    assertOneLine(
        generate("--scheduler=DDIMScheduler", "--timesteps=999,1"),
        "DDIMScheduler takes no timesteps; these schedulers do: DDPMScheduler, ");
    assertThat(
            generate(
                "--scheduler=EulerDiscreteScheduler",
                "--sigmas=14.6,0.5",
                "--seeding=prompt",
                "--num-images-per-prompt=2",
                "--height=64",
                "--width=64"))
        .isEqualTo(ExitCode.OK);

    assertThat(Files.readString(folder.resolve("out/plan.json")))
        .contains("\"sigmas\" : \"[14.6, 0.5]\"", "\"seeding\" : \"prompt\"")
        .doesNotContain("num_inference_steps");
  }

  @Test
  void filesThatDoNotFitTheModelAreNamed() throws Exception {
    writePrompts("select 'a red circle' prompt");

    assertOneLine(
        generate("--lora", "none.safetensors"),
        "Cannot read the LoRA none.safetensors: there is no such file");
    assertOneLine(generate("--ip-adapter", "a.bin"), "it must be a .safetensors file");
    Path fixtures = Path.of("../udf/src/test/resources/fixtures/ip-adapter").toRealPath();
    assertOneLine(
        generate(
            "--ip-adapter=" + fixtures.resolve("plain.safetensors"),
            "--image-encoder=" + fixtures.resolve("image_encoder")),
        "Invalid ip_adapter_image column: it is missing");
    assertThat(generate("--image-encoder", "a")).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("--image-encoder only serves an --ip-adapter FILE");
    assertThat(generate("--ip-adapter-scale", "0.5")).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("No effect without --ip-adapter: --ip-adapter-scale");
  }

  @Test
  void guidanceNumbersWithoutGuidanceAreIgnoredWithALineThatNamesThem() throws Exception {
    writePrompts(
        "select 'a cat' prompt, array(array(0D, 0D, 0.5D, 0.5D)) bboxes, array('dragon') phrases");

    assertThat(generate("--guidance=none", "--loss-scale=9", "--max-guidance-steps=5"))
        .isEqualTo(ExitCode.ROWS_FAILED);

    assertThat(err.toString().lines())
        .first()
        .isEqualTo("No effect with --guidance none: --loss-scale, --max-guidance-steps");
  }

  @Test
  void aModelsOwnGuidanceIsReadBeforeAnyImageIsMade() throws Exception {
    Path model = TinyModel.copyTo(folder.resolve("model")).folder();
    Files.writeString(model.resolve("layout_guidance.json"), "{\"loss_scal\": 40}");

    assertRefused(
        run("generate", "--model", model.toString(), "--input=none", "--output=none"),
        "layout_guidance.json: unknown option loss_scal");
  }

  @Test
  void inputThatIsNotThereIsRefused() {
    assertThat(generate()).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("Cannot read prompts from", "prompts");
  }

  @Test
  void aFailedJobEndsWithOneAndOneLine() throws Exception {
    writePrompts("select 'a red circle' prompt");
    conf.set("spark.boxwright.pipeline-loader", BrokenLoader.class.getName());

    assertThat(generate()).isEqualTo(ExitCode.UNEXPECTED);

    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith(
            "Cannot make the images: Cannot load unet: missing tensor conv_in.weight. Finished")
        .contains("to go on: boxwright generate --model " + TinyModel.FOLDER);
  }
}
