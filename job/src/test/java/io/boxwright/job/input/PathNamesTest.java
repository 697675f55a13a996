package io.boxwright.job.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.job.output.RunFolder;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathNamesTest {

  private final Configuration configuration = new Configuration();

  @Test
  void slashesAtTheBeginningCountAsOneWherePathsAreLocal() {
    assertThat(PathNames.parse(configuration, "//work/x")).hasToString("/work/x");
    assertThat(PathNames.parse(configuration, "hdfs://work/x")).hasToString("hdfs://work/x");

    configuration.set("fs.defaultFS", "hdfs://host/");
    assertThat(PathNames.parse(configuration, "//work/x")).hasToString("//work/x");
  }

  @Test
  void aColonAfterTheFirstSlashIsPartOfAName() {
    assertThat(PathNames.parse(configuration, "/data/a:b").toUri().getPath())
        .isEqualTo("/data/a:b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''               | it is empty; give the name of a file or folder",
        "a:b              | write a local name that has a colon as a path from / on",
        "C:\\out           | write a local name that has a colon as a path from / on",
        "file:rel         | write a local name that has a colon as a path from / on",
        "file://rel/x     | local paths have no host; write file:///rel/x",
        "hdfs://no.invalid:1/x | there is no host no.invalid",
      })
  void whatIsNoNameIsRefusedWithWhatToWrite(String name, String advice) {
    assertThatThrownBy(() -> ParquetFiles.find(configuration, name))
        .message()
        .endsWith(advice)
        .doesNotContain("Exception");
    assertThatThrownBy(() -> RunFolder.of(configuration, name))
        .isInstanceOf(InvalidInputException.class)
        .message()
        .startsWith("Invalid output folder '%s': ".formatted(name))
        .endsWith(advice)
        .doesNotContain("Exception");
  }
}
