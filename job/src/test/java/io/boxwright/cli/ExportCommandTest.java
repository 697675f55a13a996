package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code export} refuses before Spark starts. */
class ExportCommandTest extends CommandRuns {

  private int export(String... options) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("export", folder.resolve("run").toString()));
    arguments.addAll(List.of("--output", folder.resolve("out").toString()));
    arguments.addAll(List.of(options));
    return run(arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --format=cocoa                         | There is no format cocoa; choose coco, yolo, voc
          --format=coco --split=train=0.9,val=1  | their shares add up to 1.9, not to 1
          --format=coco --best=1                 | --best and --by need each other
          --format=coco --boxes=matched          | --boxes matched needs the name of an --evaluation
          --format=coco --match-iou=0            | match_iou is 0.0, it must be above 0 and at most 1
          --format=coco --duplicate-distance=65  | duplicate_distance is 65, it must be 0 to 64
          --format=coco --labels=nowhere.json    | Cannot read nowhere.json: there is no such file
          --format=coco --crowds=hide            | hide
          """)
  void wrongOptionsAreRefused(String options, String message) {
    assertRefused(export(options.split(" ")), message);
  }

  @Test
  void theFormatIsRequired() {
    assertThat(export()).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("--format");
  }
}
