package io.boxwright.testing;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM with the test's class path. */
public final class ChildJvm {

  private ChildJvm() {}

  /**
   * Starts one.
   *
   * @param log where its output goes
   * @param command options, main class and arguments
   */
  public static Process start(Path log, List<String> command) throws IOException {
    List<String> all = new ArrayList<>();
    all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    all.add("-Xmx1g");
    all.addAll(options());
    all.addAll(List.of("-cp", System.getProperty("java.class.path")));
    all.addAll(command);
    return new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /**
   * Those of this JVM: what Spark needs opened on Java 17, and how the JVM compiles and collects.
   */
  public static List<String> options() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens") || argument.startsWith("-XX:"))
        .toList();
  }
}
