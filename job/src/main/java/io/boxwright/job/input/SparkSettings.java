package io.boxwright.job.input;

import io.boxwright.text.Redaction;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import scala.Tuple2;

/** Settings of Spark that the job cannot run with, or should not run without. */
public final class SparkSettings {

  /** Masters as Spark reads them; a local one has at least one thread. */
  private static final Pattern MASTER =
      Pattern.compile(
          "yarn|(spark|k8s|mesos)://.+|local|local\\[(\\*|0*[1-9]\\d{0,8})(\\s*,\\s*\\d+)?\\]"
              + "|local-cluster\\[\\s*\\d+\\s*,\\s*\\d+\\s*,\\s*\\d+\\s*\\]");

  private static final String NAME = "spark.app.name";

  /**
   * Settings of dates before 1582 and times before 1900, which Spark 2 counted by another calendar.
   */
  private static final List<String> OLD_DATES =
      List.of(
          "spark.sql.parquet.datetimeRebaseModeInRead",
          "spark.sql.parquet.datetimeRebaseModeInWrite",
          "spark.sql.parquet.int96RebaseModeInRead",
          "spark.sql.parquet.int96RebaseModeInWrite");

  /** The setting with which rows hold dates in classes that know only one calendar. */
  private static final String ONE_CALENDAR = "spark.sql.datetime.java8API.enabled";

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
    if (!MASTER.matcher(master).matches()) {
      throw new InvalidInputException(
          "Invalid spark.master %s: it must be local[N] with N threads, local[*], spark://HOST:PORT,"
                  .formatted(master)
              + " yarn or k8s://HOST:PORT");
    }
    checkLocalResources(conf, master);
  }

  /**
   * Makes Spark hide in its pages, logs and event logs the secrets that {@link Redaction} hides
   * elsewhere, unless the settings say otherwise.
   */
  public static void hideSecrets(SparkConf conf) {
    conf.setIfMissing("spark.redaction.regex", Redaction.SPARK_KEYS);
    conf.setIfMissing("spark.redaction.string.regex", Redaction.SPARK_STRINGS);
  }

  /**
   * Makes Spark read and write old dates as they are stored, unless the settings say otherwise. By
   * itself Spark 3 refuses dates before 1582 and times before 1900.
   */
  public static void keepOldDates(SparkConf conf) {
    OLD_DATES.forEach(key -> conf.setIfMissing(key, "CORRECTED"));
    conf.setIfMissing(ONE_CALENDAR, "true");
  }

  /**
   * Keeps Spark from copying jars for its executors that {@code spark-submit} has put onto the
   * class path of the driver, if the driver is the only executor. Boxwright's jar has 140 MB.
   */
  public static void shareJars(SparkConf conf) {
    boolean submitted = conf.contains("spark.submit.deployMode");
    if (submitted && isLocal(conf.get("spark.master", ""))) {
      conf.set("spark.jars", "");
    }
  }

  /**
   * Gives the application a name for Spark's pages, unless the settings have one. The name of the
   * main class does not count, because spark-submit sets it by default.
   */
  public static void name(SparkConf conf, String name, String mainClass) {
    if (conf.get(NAME, mainClass).equals(mainClass)) {
      conf.set(NAME, Redaction.of(name));
    }
  }

  /**
   * Refuses requests for GPUs under a local master, where Spark hands out none and tasks would wait
   * forever.
   */
  private static void checkLocalResources(SparkConf conf, String master) {
    if (!isLocal(master)) {
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

  private static boolean isLocal(String master) {
    return master.equals("local") || master.startsWith("local[");
  }

  private static boolean isExecutorResource(String key) {
    return key.startsWith("spark.executor.resource.");
  }
}
