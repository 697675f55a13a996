package io.boxwright.testing;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
    return start(log, command, Map.of());
  }

  /** The same with variables more in its environment. */
  public static Process start(Path log, List<String> command, Map<String, String> environment)
      throws IOException {
    List<String> all = new ArrayList<>();
    all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    all.add("-Xmx1g");
    all.addAll(options());
    all.addAll(List.of("-cp", System.getProperty("java.class.path")));
    all.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    return builder.start();
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
