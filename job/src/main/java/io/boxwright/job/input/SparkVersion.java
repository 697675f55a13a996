package io.boxwright.job.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import scala.util.Properties;

/**
 * A version of Spark. A jar that was built for another one fails somewhere in the middle, with
 * methods that are not there.
 *
 * @param spark such as 3.5.9
 * @param scala such as 2.12, the version whose jars go together
 */
public record SparkVersion(String spark, String scala) {

  private static final String RESOURCE = "spark-version.properties";

  /** The one that this jar was built for. */
  public static SparkVersion ofJar() {
    var properties = new java.util.Properties();
    try (InputStream in = SparkVersion.class.getResourceAsStream(RESOURCE)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + RESOURCE, e);
    }
    return new SparkVersion(properties.getProperty("spark"), properties.getProperty("scala"));
  }

  /** The one that runs this. */
  public static SparkVersion running() {
    return new SparkVersion(
        org.apache.spark.package$.MODULE$.SPARK_VERSION(),
        firstNumbers(Properties.versionNumberString(), 2));
  }

  /**
   * Checks that a jar that was built for this version can be run by another.
   *
   * @throws InvalidInputException if not, naming the jar that can, and what builds it
   */
  public void requireRunsOn(SparkVersion running) {
    if (!major().equals(running.major()) || !scala.equals(running.scala)) {
      throw new InvalidInputException(
          "This jar is for Spark %s with Scala %s, and this is Spark %s with Scala %s: %s"
              .formatted(spark, scala, running.spark, running.scala, running.remedy()));
    }
  }

  private String remedy() {
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
