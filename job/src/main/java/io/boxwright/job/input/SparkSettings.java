package io.boxwright.job.input;

import io.boxwright.text.Redaction;
import java.util.Arrays;
import org.apache.spark.SparkConf;
import scala.Tuple2;

/** Settings of Spark that the job cannot run with, or should not run without. */
public final class SparkSettings {

  private static final String NAME = "spark.app.name";

  private SparkSettings() {}

  /**
   * Checks Spark's settings.
   *
   * @throws InvalidInputException naming the setting, and what to do instead
   */
  public static void check(SparkConf conf) {
    String master = conf.get("spark.master", "");
    if (master.isBlank()) {
      throw new InvalidInputException(
          "No spark.master: start the job with job/bin/boxwright or spark-submit");
    }
    checkLocalResources(conf, master);
  }

  /**
   * Makes Spark hide in its pages, logs and event logs what {@link Redaction} hides elsewhere,
   * unless the settings say what to hide.
   */
  public static void hideSecrets(SparkConf conf) {
    conf.setIfMissing("spark.redaction.regex", Redaction.SPARK_KEYS);
    conf.setIfMissing("spark.redaction.string.regex", Redaction.SPARK_STRINGS);
  }

  /**
   * Gives the application a name for Spark's pages, unless the settings have one; the name of the
   * main class is what spark-submit sets where nobody says another.
   */
  public static void name(SparkConf conf, String name, String mainClass) {
    if (conf.get(NAME, mainClass).equals(mainClass)) {
      conf.set(NAME, Redaction.of(name));
    }
  }

  /** Under a local master Spark hands out no GPUs; a task that asks for one waits for ever. */
  private static void checkLocalResources(SparkConf conf, String master) {
    if (!master.equals("local") && !master.startsWith("local[")) {
      return;
    }
    Arrays.stream(conf.getAll())
        .map(Tuple2::_1)
        .filter(key -> key.startsWith("spark.task.resource.") || isExecutorResource(key))
        .sorted()
        .findFirst()
        .ifPresent(
            key -> {
              throw new InvalidInputException(
                  ("%s is set, but under the master %s Spark hands out no GPUs and the job would"
                          + " wait for ever. Remove the spark.*.resource.* settings and use"
                          + " --device gpu")
                      .formatted(key, master));
            });
  }

  private static boolean isExecutorResource(String key) {
    return key.startsWith("spark.executor.resource.");
  }
}
