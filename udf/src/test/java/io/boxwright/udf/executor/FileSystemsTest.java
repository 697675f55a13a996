package io.boxwright.udf.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.util.VersionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileSystemsTest {

  private final Configuration configuration = new Configuration();

  private FileSystem open(String path) throws IOException {
    return FileSystems.of(new Path(path), configuration);
  }

  @Test
  void pathsWithoutSchemeAreThoseOfTheDefaultFileSystem() throws Exception {
    assertThat(open("/x").getUri().getScheme()).isEqualTo("file");

    configuration.set("fs.defaultFS", "s3a://bucket");
    assertThatThrownBy(() -> open("/x")).hasMessageContaining("for s3a:// paths");
  }

  @ParameterizedTest
  @CsvSource({"s3a,hadoop-aws", "abfss,hadoop-azure"})
  void aSchemeOfHadoopWithoutItsClassesNamesThePackage(String scheme, String module) {
    assertThatThrownBy(() -> open(scheme + "://bucket/x"))
        .isInstanceOf(UnsupportedFileSystemException.class)
        .hasMessage(
            "Spark has no file system for %s:// paths here; give it before the command:"
                + " --packages org.apache.hadoop:%s:%s",
            scheme, module, VersionInfo.getVersion());
  }

  @Test
  void otherSchemesNeedSomeJar() {
    assertThatThrownBy(() -> open("gs://bucket/x"))
        .isInstanceOf(UnsupportedFileSystemException.class)
        .hasMessageContainingAll("for gs:// paths", "--jars FILE");
  }

  @Test
  void theOldNameOfS3IsSetRight() {
    assertThatThrownBy(() -> open("s3://bucket/x")).hasMessageEndingWith("write s3a:// instead");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void addressesOfTheWebAreRefused(String scheme) {
    assertThatThrownBy(() -> open(scheme + "://example.com/x.parquet"))
        .isInstanceOf(UnsupportedFileSystemException.class)
        .hasMessage("Boxwright does not read %s addresses; download it first", scheme);
  }

  @Test
  void aClassThatTheSettingsNameAndNobodyHasIsNamedAsMissing() {
    configuration.set("fs.vault.impl", "com.example.VaultFileSystem");

    assertThatThrownBy(() -> open("vault://x")).hasMessageContaining("for vault:// paths");
  }
}
