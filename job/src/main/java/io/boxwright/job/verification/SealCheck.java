package io.boxwright.job.verification;

import io.boxwright.job.output.FileSeal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.PairFunction;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** A check that reads files byte by byte, on executors, and compares them with their seals. */
public final class SealCheck implements PairFunction<String, String, String> {

  private static final long serialVersionUID = 1;
  private static final int FILES_PER_TASK = 8;
  private static final String WHOLE = "";

  private final SerializableConfiguration hadoop;

  /**
   * Creates a check.
   *
   * @param hadoop Hadoop's settings, with which executors reach file systems
   */
  private SealCheck(SerializableConfiguration hadoop) {
    this.hadoop = hadoop;
  }

  /**
   * Checks files.
   *
   * @return a description of the problem, by file; intact files are left out
   */
  public static Map<String, String> findBrokenFiles(SparkSession spark, String... files) {
    if (files.length == 0) {
      return Map.of();
    }
    SealCheck check =
        new SealCheck(new SerializableConfiguration(spark.sparkContext().hadoopConfiguration()));
    List<Tuple2<String, String>> broken =
        new ArrayList<>(
            JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(List.of(files), 1 + files.length / FILES_PER_TASK)
                .mapToPair(check)
                .filter(result -> !result._2().equals(WHOLE))
                .collect());
    Map<String, String> problems = new TreeMap<>();
    broken.forEach(result -> problems.put(result._1(), result._2()));
    return problems;
  }

  @Override
  public Tuple2<String, String> call(String file) {
    try {
      return new Tuple2<>(file, FileSeal.check(hadoop.value(), new Path(file)).orElse(WHOLE));
    } catch (IOException e) {
      return new Tuple2<>(file, "it cannot be read: " + e.getMessage());
    }
  }
}
