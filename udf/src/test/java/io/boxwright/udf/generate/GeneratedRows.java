package io.boxwright.udf.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.StubPipeline;
import io.boxwright.udf.executor.DeviceType;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Tests of tables of images that a {@link GuidedImageGenerator} makes, on one session of Spark. */
abstract class GeneratedRows {

  /** One box, as SQL. */
  static final String BOX = "array(array(0.1D, 0.2D, 0.5D, 0.6D))";

  static SparkSession spark;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.session();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  /** Makes a generator with a stub of a pipeline. */
  static GuidedImageGenerator generator() {
    return new GuidedImageGenerator()
        .setModelUrl("stub")
        .setDeviceType(DeviceType.CPU)
        .setPipelineLoader(new StubPipeline.Loader());
  }

  /** Returns the only row of a table. */
  static Row only(Dataset<Row> table) {
    List<Row> rows = table.collectAsList();
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  /** Generates the image of one prompt, whose columns are SQL. */
  static Row generate(String columns) {
    return only(generator().generate(spark.sql("select " + columns)));
  }
}
