package io.boxwright.job.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.SharedSpark;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowDigestTest extends SharedSpark {

  @TempDir private Path folder;

  private static String digest(Dataset<Row> table) {
    RowDigest digest = new RowDigest(table.schema());
    for (InternalRow row : table.queryExecution().toRdd().toJavaRDD().collect()) {
      digest.add(row);
    }
    return digest.hex();
  }

  @Test
  void rowsThatAreReadAgainHaveTheSame() {
    Dataset<Row> rows =
        spark.sql(
            "select id, cast(id as tinyint) b, cast(id as smallint) s, cast(id as float) / 3 f,"
                + " id / 7 d, id % 2 = 0 t, 'text ' || id x, cast('x' as binary) y,"
                + " array(array(id, null), null) a, map('k', struct(id, cast(null as int))) m,"
                + " date'2026-01-02' day, timestamp'2026-01-02 03:04:05.123456' time,"
                + " cast(1.25 as decimal(20, 4)) money, double('NaN') nan, -0.0D zero,"
                + " cast(null as string) nothing from range(0, 5, 1, 1)");
    rows.write().parquet(folder.resolve("table").toString());

    assertThat(digest(spark.read().parquet(folder.resolve("table").toString())))
        .isEqualTo(digest(rows));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 'ab' a, 'cd' b",
        "select 'ab' a, 'c' b",
        "select 'ab' a, cast(null as string) b",
        "select 'ab' a, '' b",
        "select array('ab') a, 'c' b",
        "select 1 a, 2 b",
        "select 2 a, 1 b"
      })
  void otherRowsHaveAnother(String query) {
    assertThat(digest(spark.sql(query))).isNotEqualTo(digest(spark.sql("select 'a' a, 'bc' b")));
  }
}
