package io.boxwright.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.boxwright.testing.LocalSpark;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Spark session that all tests of a class share. Its catalog {@code boxwright} has the functions,
 * which unpack models into {@code cache} of a temporary folder.
 */
abstract class SqlSession {

  @TempDir static Path folder;
  static SparkSession spark;

  @BeforeAll
  static void startSpark() {
    spark =
        LocalSpark.session(
            LocalSpark.conf()
                .set("spark.sql.catalog.boxwright", FunctionCatalog.class.getName())
                .set(
                    "spark.sql.catalog.boxwright.model-cache", folder.resolve("cache").toString()));
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  /** Returns the value of a query that gives one row with one column. */
  @SuppressWarnings("unchecked")
  static <T> T select(String query) {
    List<Row> rows = spark.sql(query).collectAsList();
    assertThat(rows).hasSize(1);
    return (T) rows.get(0).get(0);
  }

  /** Returns bytes in SQL. */
  static String toLiteral(byte[] bytes) {
    return "X'%s'".formatted(HexFormat.of().formatHex(bytes));
  }

  /**
   * Returns the failure of a query as Boxwright's code throws it. Versions of Spark wrap it
   * differently.
   */
  static Throwable catchFailure(ThrowingCallable query) {
    Throwable failure = catchThrowable(query);
    assertThat(failure).as("the query should fail").isNotNull();
    while (failure.getClass().getName().startsWith("org.apache.spark.")) {
      failure = failure.getCause();
    }
    return failure;
  }
}
