package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.guidance.LayoutGuidanceConfig;
import io.boxwright.diffusion.layout.CellRounding;
import io.boxwright.testing.CpuLoader;
import io.boxwright.udf.generate.BatchSize;
import java.time.Duration;
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
    return type == double.class || type == Double.class ? "0.125" : "96";
  }

  private static String text(Object value) {
    if (value instanceof Duration duration) {
      return String.valueOf(duration.toSeconds());
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
        .isEqualTo(LayoutGuidanceConfig.tflcg().withLossScale(12).withLossThreshold(0.5));
  }

  @Test
  void withoutAPresetTheModelsOwnIsChanged() {
    assertThat(parse(new GuidanceCommand()).config()).isEqualTo(GuidanceCommand.MODEL);
    assertThat(parse(new GuidanceCommand(), "--rounding=half_even", "--loss-scale=12").config())
        .isEqualTo(GuidanceCommand.MODEL.withRounding(CellRounding.HALF_EVEN).withLossScale(12));
    assertThat(parse(new GuidanceCommand(), "--guidance=paper").config())
        .isEqualTo(LayoutGuidanceConfig.paper());
  }

  @Test
  void noGuidanceStaysNoneWithNumbersInSparksSettings() {
    conf.set("spark.boxwright.max-guidance-steps", "5").set("spark.boxwright.loss-scale", "12");

    assertThat(parse(new GuidanceCommand(), "--guidance=none").config())
        .isEqualTo(LayoutGuidanceConfig.none());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--loss-scale",
        "--loss-threshold",
        "--max-guidance-steps",
        "--max-iterations-per-step",
        "--rounding"
      })
  void numbersWithoutGuidanceHaveNoEffect(String option) {
    GuidanceCommand command =
        parse(
            new GuidanceCommand(),
            "--guidance=none",
            option,
            option.equals("--rounding") ? "truncate" : "5");

    assertThat(command.config()).isEqualTo(LayoutGuidanceConfig.none());
  }

  @Command
  private static final class GuidanceCommand {
    static final LayoutGuidanceConfig MODEL = LayoutGuidanceConfig.paper().withLossThreshold(0.1);

    @Mixin private GuidanceOptions guidance;

    LayoutGuidanceConfig config() {
      return guidance.config(() -> MODEL);
    }
  }

  @Command
  private static final class ImageCommand {
    @Mixin private ImageOptions image;
  }
}
