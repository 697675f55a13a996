package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code conf/log4j2.properties}, which the launcher uses. */
class LoggingTest {

  @TempDir private Path folder;

  /** Says what Spark says on many machines. */
  static final class Speaker {

    private Speaker() {}

    /** Called in a process of its own. */
    public static void main(String[] arguments) {
      Logger log = LoggerFactory.getLogger("org.apache.spark.util.Utils");
      log.warn("Your hostname, vm resolves to a loopback address: 127.0.0.1; using 10.0.0.2");
      log.warn("Your hostname, vm, resolves to a loopback address: 127.0.0.1; using 10.0.0.2");
      log.warn("Set SPARK_LOCAL_IP if you need to bind to another address");
      log.warn("Truncated the string representation of a plan since it was too large. This ...");
      log.warn("Problem opening checksum file: file:/prompts/a.parquet.  Ignoring exception: ");
      log.warn("Failed to initialize filesystem hdfs://host/x: java.net.UnknownHostException");
      log.warn("Failed to initialize fileystem hdfs://host/x: java.net.UnknownHostException: host");
      log.error("Error initializing SparkContext.", new ClassNotFoundException("no.such.Class"));
      log.warn("Service 'sparkDriver' could not bind on port 0");
    }
  }

  @Test
  void onlyWarningsThatAskForNothingAreLeftOut() throws Exception {
    Path logging = Path.of("..", "conf", "log4j2.properties").toAbsolutePath().normalize();
    Path log = folder.resolve("log");
    Process process =
        ChildJvm.start(
            log, List.of("-Dlog4j2.configurationFile=file:" + logging, Speaker.class.getName()));
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();

    assertThat(Files.readAllLines(log))
        .singleElement()
        .asString()
        .endsWith("WARN Utils: Service 'sparkDriver' could not bind on port 0");
  }
}
