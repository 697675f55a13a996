package io.boxwright.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.boxwright.testing.LocalSpark;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A Spark session whose catalog {@code boxwright} has the functions. */
final class Sql {

  private Sql() {}

  /**
   * Starts Spark; whoever calls stops it.
   *
   * @param modelCache where models are unpacked
   */
  static SparkSession start(Path modelCache) {
    return LocalSpark.session(
        LocalSpark.conf()
            .set("spark.sql.catalog.boxwright", FunctionCatalog.class.getName())
            .set("spark.sql.catalog.boxwright.model-cache", modelCache.toString()));
  }

  /** The value of a query that gives one row with one column. */
  @SuppressWarnings("unchecked")
  static <T> T select(SparkSession spark, String query) {
    List<Row> rows = spark.sql(query).collectAsList();
    assertThat(rows).hasSize(1);
    return (T) rows.get(0).get(0);
  }

  /** What our own code says when a query fails: Spark wraps it, unlike in each version. */
  static Throwable catchFailure(ThrowingCallable query) {
    Throwable failure = catchThrowable(query);
    assertThat(failure).as("the query should fail").isNotNull();
    while (failure.getClass().getName().startsWith("org.apache.spark.")) {
      failure = failure.getCause();
    }
    return failure;
  }
}
