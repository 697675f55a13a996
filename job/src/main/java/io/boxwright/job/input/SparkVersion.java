package io.boxwright.job.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import scala.util.Properties;

/**
 * A version of Spark. A jar that was built for another version fails in the middle of a run,
 * because methods are missing.
 *
 * @param spark the version of Spark, such as 3.5.9
 * @param scala the version of Scala that jars have to share, such as 2.12
 */
public record SparkVersion(String spark, String scala) {

  private static final String RESOURCE = "spark-version.properties";

  /** Returns the version that this jar was built for. */
  public static SparkVersion ofJar() {
    var properties = new java.util.Properties();
    try (InputStream in = SparkVersion.class.getResourceAsStream(RESOURCE)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + RESOURCE, e);
    }
    return new SparkVersion(properties.getProperty("spark"), properties.getProperty("scala"));
  }

  /** Returns the version that runs this code. */
  public static SparkVersion running() {
    return new SparkVersion(
        org.apache.spark.package$.MODULE$.SPARK_VERSION(),
        firstNumbers(Properties.versionNumberString(), 2));
  }

  /**
   * Checks that another version can run a jar that was built for this one.
   *
   * @throws InvalidInputException if it cannot, naming the jar that it can run, and the command
   *     that builds it
   */
  public void requireRunsOn(SparkVersion running) {
    if (!major().equals(running.major()) || !scala.equals(running.scala)) {
      throw new InvalidInputException(
          "This jar is for Spark %s with Scala %s, but this is Spark %s with Scala %s: %s"
              .formatted(spark, scala, running.spark, running.scala, running.describeRemedy()));
    }
  }

  private String describeRemedy() {
    return switch (major() + " " + scala) {
      case "3 2.12" -> "use job/target/boxwright-job.jar, which mvn -B package -DskipTests makes";
      case "4 2.13" ->
          "use job/target/spark-4/boxwright-job.jar, which mvn -B package -DskipTests -Pspark-4 makes";
      default -> "use a Spark 3.5 with Scala 2.12, or a Spark 4";
    };
  }

  private String major() {
    return firstNumbers(spark, 1);
  }

  private static String firstNumbers(String version, int count) {
    return Stream.of(version.split("\\.")).limit(count).collect(Collectors.joining("."));
  }
}
