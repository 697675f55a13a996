package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The command {@code boxwright demo}. */
class DemoCommandTest extends CommandRuns {

  @Test
  void demoComparesUnguidedWithGuided() throws Exception {
    assertThat(
            run(
                "demo",
                "--rows=2",
                "--batch-size=2",
                "--steps=2",
                "--output",
                folder.resolve("demo").toString()))
        .isEqualTo(ExitCode.OK);

    assertThat(err.toString()).contains("2/2 images");
    assertThat(out.toString().lines())
        .anyMatch(line -> line.matches(" +unguided +guided"))
        .anyMatch(line -> line.matches(" +images made +2 of 2 +2 of 2"))
        .anyMatch(line -> line.matches(" +lift over chance, held-out layers +[0-9.]+ +[0-9.]+"))
        .anyMatch(line -> line.endsWith(folder.resolve("demo/contact-sheet.png").toString()))
        .last()
        .asString()
        .endsWith(folder.resolve("demo/report.html").toString());
    assertThat(folder.resolve("demo/contact-sheet.png")).exists();
    assertThat(folder.resolve("demo/report.html"))
        .content()
        .contains("\"evaluation\" : \"shapes\"", "\"name\" : \"guided\"");
  }

  @Test
  void demoKeepsWhatIsThere() throws Exception {
    Files.createDirectories(folder.resolve("demo/unguided"));
    Files.writeString(folder.resolve("demo/unguided/mine"), "text");

    assertThat(run("demo", "--output", folder.resolve("demo").toString()))
        .isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("it holds unguided; empty it or name another");
  }

  @Test
  void aDemoOfNothingIsRefused() {
    assertThat(run("demo", "--rows", "0")).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("option '--rows': 0, it must be at least 1");
  }
}
