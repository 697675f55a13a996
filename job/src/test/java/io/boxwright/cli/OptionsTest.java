package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.layout.CellRounding;
import io.boxwright.testing.CpuLoader;
import io.boxwright.udf.generate.BatchSize;
import java.time.Duration;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Options of {@code boxwright generate}, from the command line and from Spark's settings. */
class OptionsTest {

  private final SparkConf conf = new SparkConf(false);

  private <T> T parse(T command, String... arguments) {
    new CommandLine(command)
        .setDefaultValueProvider(new SparkConfDefaults(conf))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(arguments);
    return command;
  }

  @Test
  void everyOptionIsAKeyOfSparksSettings() {
    CommandLine generate = new CommandLine(new GenerateCommand(conf));
    var options =
        generate.getCommandSpec().options().stream()
            .filter(option -> !option.usageHelp() && !option.versionHelp())
            .toList();
    for (OptionSpec option : options) {
      conf.set("spark.boxwright." + option.longestName().substring(2), otherThanDefault(option));
    }

    generate
        .setDefaultValueProvider(new SparkConfDefaults(conf))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs();

    assertThat(options).hasSizeGreaterThan(15);
    for (OptionSpec option : options) {
      String value = text(option.getValue());
      assertThat(value).as(option.longestName()).isEqualToIgnoringCase(otherThanDefault(option));
    }
    assertThatCode(() -> new SparkConfDefaults(conf).checkKeys(generate.getCommandSpec()))
        .doesNotThrowAnyException();
  }

  private static String otherThanDefault(OptionSpec option) {
    Class<?> type = option.type();
    if (type.isEnum()) {
      Object[] values = type.getEnumConstants();
      return values[values.length - 1].toString();
    }
    if (type == Class.class) {
      return CpuLoader.class.getName();
    }
    if (type == boolean.class) {
      return "true";
    }
    Class<?> single = List.class.isAssignableFrom(type) ? option.auxiliaryTypes()[0] : type;
    if (type != single && single == String.class) {
      return "heads=all";
    }
    return single == double.class || single == Double.class ? "0.125" : "96";
  }

  private static String text(Object value) {
    if (value instanceof Duration duration) {
      return String.valueOf(duration.toSeconds());
    }
    if (value instanceof List<?> list) {
      return String.valueOf(list.get(0));
    }
    return value instanceof Class<?> type ? type.getName() : String.valueOf(value);
  }

  @ParameterizedTest
  @CsvSource({
    ", , false",
    ", --save-attention, true",
    "true, , true",
    "true, --save-attention, true",
    "false, --save-attention, true",
    "true, --save-attention=false, false"
  })
  void savingAttentionIsAskedForByFlagOrKey(String key, String argument, boolean saved) {
    if (key != null) {
      conf.set("spark.boxwright.save-attention", key);
    }
    CommandLine images =
        new CommandLine(new ImageCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setDefaultValueProvider(new SparkConfDefaults(conf));

    images.parseArgs(argument == null ? new String[0] : new String[] {argument});

    boolean value = images.getCommandSpec().findOption("--save-attention").getValue();
    assertThat(value).isEqualTo(saved);
  }

  @Test
  void theBatchSizeIsANumberOrAuto() {
    conf.set("spark.boxwright.batch-size", "auto");

    assertThat(batchSize()).isEqualTo(BatchSize.AUTO);
    assertThat(batchSize("--batch-size=16")).isEqualTo(BatchSize.of(16));
    assertThatThrownBy(() -> batchSize("--batch-size=0"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("Invalid batch size: 0, it must be at least 1, or auto");
    assertThatThrownBy(() -> batchSize("--batch-size=many"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("Invalid batch size: many, it must be a number or auto");
  }

  private BatchSize batchSize(String... arguments) {
    CommandLine images =
        new CommandLine(new ImageCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setDefaultValueProvider(new SparkConfDefaults(conf));
    images.parseArgs(arguments);
    return images.getCommandSpec().findOption("--batch-size").getValue();
  }

  @Test
  void numbersChangeThePresetOfTheGuidance() {
    conf.set("spark.boxwright.loss-scale", "12");

    assertThat(parse(new GuidanceCommand(), "--guidance=tflcg", "--loss-threshold=0.5").config())
        .isEqualTo(BackwardGuidance.tflcg().with("loss_scale", 12).with("loss_threshold", 0.5));
  }

  @Test
  void withoutAPresetTheModelsOwnIsChanged() {
    assertThat(parse(new GuidanceCommand()).config()).isEqualTo(GuidanceCommand.MODEL);
    assertThat(parse(new GuidanceCommand(), "--rounding=half_even", "--loss-scale=12").config())
        .isEqualTo(
            GuidanceCommand.MODEL.with("rounding", CellRounding.HALF_EVEN).with("loss_scale", 12));
    assertThat(parse(new GuidanceCommand(), "--guidance=paper").config())
        .isEqualTo(BackwardGuidance.paper());
  }

  @Test
  void everyOptionOfAGuidanceCanBeGivenByItsName() {
    conf.set("spark.boxwright.guidance-option", "small_boxes=leave_empty,heads=second_half");

    assertThat(parse(new GuidanceCommand(), "--guidance=paper").config())
        .isEqualTo(
            BackwardGuidance.paper()
                .with("small_boxes", "leave_empty")
                .with("heads", "second_half"));
    assertThat(
            parse(
                    new GuidanceCommand(),
                    "--guidance=paper",
                    "--guidance-option=boxes_per_object=2",
                    "--guidance-option",
                    "loss_scale=12.5")
                .config())
        .isEqualTo(BackwardGuidance.paper().with("boxes_per_object", 2).with("loss_scale", 12.5));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--guidance=papre | Unknown guidance papre; there are paper, tflcg, none",
        "--guidance-option=loss_scal=4 | Invalid guidance: unknown option loss_scal; options are",
        "--guidance-option=loss_scale=high | loss_scale is \"high\", it must be a number",
        "--guidance-option=loss_scale=0 | Invalid guidance: loss_scale is 0.0, it must be greater",
        "--loss-scale=3 --guidance-option=loss_scale=4 | Invalid guidance: loss_scale is given twice, with --loss-scale and with --guidance-option",
        "--guidance-option=heads=all,heads=all | Invalid guidance: heads is given twice with --guidance-option",
        "--guidance-option=heads | Invalid guidance: --guidance-option is heads, it must be KEY=VALUE",
        "--guidance-option==5 | Invalid guidance: --guidance-option is =5, it must be KEY=VALUE"
      })
  void optionsThatAGuidanceDoesNotHaveAreRefusedByName(String arguments, String message) {
    GuidanceCommand command = parse(new GuidanceCommand(), arguments.split(" "));

    assertThatThrownBy(command::config)
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining(message);
  }

  @Test
  void theCommandLineWinsOverSettingsOfTheSameValueInAnotherSpelling() {
    conf.set("spark.boxwright.loss-scale", "5");
    assertThat(
            parse(new GuidanceCommand(), "--guidance=paper", "--guidance-option=loss_scale=6")
                .config())
        .isEqualTo(BackwardGuidance.paper().with("loss_scale", 6.0));

    conf.remove("spark.boxwright.loss-scale")
        .set("spark.boxwright.guidance-option", "loss_scale=5");
    assertThat(parse(new GuidanceCommand(), "--guidance=paper", "--loss-scale=6").config())
        .isEqualTo(BackwardGuidance.paper().with("loss_scale", 6.0));
  }

  @Test
  void noGuidanceStaysNoneWithNumbersInSparksSettings() {
    conf.set("spark.boxwright.max-guidance-steps", "5").set("spark.boxwright.loss-scale", "12");

    assertThat(parse(new GuidanceCommand(), "--guidance=none").config())
        .isEqualTo(BackwardGuidance.none());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--loss-scale",
        "--loss-threshold",
        "--max-guidance-steps",
        "--max-iterations-per-step",
        "--rounding",
        "--guidance-option"
      })
  void numbersWithoutGuidanceHaveNoEffect(String option) {
    GuidanceCommand command =
        parse(
            new GuidanceCommand(),
            "--guidance=none",
            option,
            switch (option) {
              case "--rounding" -> "truncate";
              case "--guidance-option" -> "heads=all";
              default -> "5";
            });

    assertThat(command.config()).isEqualTo(BackwardGuidance.none());
  }

  @Command
  private static final class GuidanceCommand {
    static final Guidance MODEL = BackwardGuidance.paper().with("loss_threshold", 0.1);

    @Mixin private GuidanceOptions guidance;

    Guidance config() {
      return guidance.choose(() -> MODEL);
    }
  }

  @Command
  private static final class ImageCommand {
    @Mixin private ImageOptions image;
  }
}
