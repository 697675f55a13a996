package io.boxwright.job.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SparkVersionTest {

  private static final SparkVersion SPARK_3 = new SparkVersion("3.5.9", "2.12");
  private static final SparkVersion SPARK_4 = new SparkVersion("4.2.0", "2.13");

  @Test
  void theBuildRecordsTheSparkThatItsTestsRunOn() {
    assertThat(SparkVersion.ofJar()).isEqualTo(SparkVersion.running());
  }

  @Test
  void otherVersionsOfTheSameSparkWillDo() {
    assertThatCode(() -> SPARK_3.requireRunsOn(new SparkVersion("3.5.1", "2.12")))
        .doesNotThrowAnyException();
    assertThatCode(() -> SPARK_4.requireRunsOn(new SparkVersion("4.3.0-SNAPSHOT", "2.13")))
        .doesNotThrowAnyException();
  }

  @Test
  void aJarForAnotherSparkNamesTheRightOne() {
    assertThatThrownBy(() -> SPARK_3.requireRunsOn(SPARK_4))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "This jar is for Spark 3.5.9 with Scala 2.12, but this is Spark 4.2.0 with Scala 2.13:"
                + " use job/target/spark-4/boxwright-job.jar,"
                + " which mvn -B package -DskipTests -Pspark-4 makes");
    assertThatThrownBy(() -> SPARK_4.requireRunsOn(SPARK_3))
        .hasMessageContaining("use job/target/boxwright-job.jar");
  }

  @Test
  void someSparksHaveNoJar() {
    assertThatThrownBy(() -> SPARK_4.requireRunsOn(new SparkVersion("3.5.9", "2.13")))
        .hasMessageContaining("use a Spark 3.5 with Scala 2.12, or a Spark 4");
  }
}
