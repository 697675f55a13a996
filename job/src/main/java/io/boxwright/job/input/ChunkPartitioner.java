package io.boxwright.job.input;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.function.PairFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Tuple2;

/**
 * Brings each chunk of rows together in a partition of its own, in order. Partition {@code i} is
 * the {@code i}-th of the wanted chunks; rows of others are dropped.
 */
public final class ChunkPartitioner extends Partitioner {

  private static final long serialVersionUID = 1;

  private final HashMap<Integer, Integer> partitions = new HashMap<>();
  private final long chunkRows;

  /**
   * Wants some chunks.
   *
   * @param chunks their numbers
   * @param chunkRows how many positions make a chunk
   */
  public ChunkPartitioner(List<Integer> chunks, long chunkRows) {
    this.chunkRows = chunkRows;
    chunks.forEach(chunk -> partitions.put(chunk, partitions.size()));
  }

  @Override
  public int numPartitions() {
    return partitions.size();
  }

  @Override
  public int getPartition(Object position) {
    return partitions.get(chunk((Long) position));
  }

  private int chunk(long position) {
    return (int) (position / chunkRows);
  }

  /**
   * The wanted rows, without the column of their positions.
   *
   * @param rows any rows
   * @param positionColumn of type bigint, the last column
   */
  public Dataset<Row> partition(Dataset<Row> rows, String positionColumn) {
    StructType schema =
        DataTypes.createStructType(
            Arrays.copyOf(rows.schema().fields(), rows.schema().length() - 1));
    return rows.sparkSession()
        .createDataFrame(
            rows.javaRDD()
                .mapToPair(new ByPosition(rows.schema().fieldIndex(positionColumn)))
                .filter(row -> partitions.containsKey(chunk(row._1())))
                .repartitionAndSortWithinPartitions(this)
                .values(),
            schema);
  }

  /** Leaves the schema behind, which would travel with the rows. */
  private record ByPosition(int column) implements PairFunction<Row, Long, Row> {

    @Override
    public Tuple2<Long, Row> call(Row row) {
      Object[] values = new Object[column];
      Arrays.setAll(values, row::get);
      return new Tuple2<>(row.getLong(column), RowFactory.create(values));
    }
  }
}
