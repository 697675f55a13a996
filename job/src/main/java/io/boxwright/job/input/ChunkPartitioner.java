package io.boxwright.job.input;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.function.PairFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Tuple2;

/**
 * A partitioner that brings each chunk of rows together in a partition of its own, in order.
 * Partition {@code i} is the {@code i}-th of the wanted chunks; rows of other chunks are dropped.
 */
public final class ChunkPartitioner extends Partitioner {

  private static final long serialVersionUID = 1;

  /** The wanted chunks: an array, because Spark sends every task a copy of it. */
  private final int[] chunks;

  private final long chunkRows;

  /**
   * Sets the wanted chunks.
   *
   * @param chunks the numbers of the chunks, each larger than the one before
   * @param chunkRows the number of positions in a chunk
   * @throws IllegalArgumentException if the numbers are in another order
   */
  public ChunkPartitioner(List<Integer> chunks, long chunkRows) {
    this.chunkRows = chunkRows;
    this.chunks = chunks.stream().mapToInt(Integer::intValue).toArray();
    if (!IntStream.range(1, this.chunks.length)
        .allMatch(i -> this.chunks[i - 1] < this.chunks[i])) {
      throw new IllegalArgumentException("Chunks are not in their order");
    }
  }

  @Override
  public int numPartitions() {
    return chunks.length;
  }

  @Override
  public int getPartition(Object position) {
    return findPartition((Long) position);
  }

  /** Finds the partition of a position; it is negative if its chunk is not wanted. */
  private int findPartition(long position) {
    return Arrays.binarySearch(chunks, (int) (position / chunkRows));
  }

  /**
   * Returns the wanted rows, without the column of their positions.
   *
   * @param rows any rows
   * @param positionColumn the name of the last column, a bigint
   */
  public Dataset<Row> partition(Dataset<Row> rows, String positionColumn) {
    StructType schema =
        DataTypes.createStructType(
            Arrays.copyOf(rows.schema().fields(), rows.schema().length() - 1));
    return rows.sparkSession()
        .createDataFrame(
            rows.javaRDD()
                .mapToPair(new ByPosition(rows.schema().fieldIndex(positionColumn)))
                .filter(row -> findPartition(row._1()) >= 0)
                .repartitionAndSortWithinPartitions(this)
                .values(),
            schema);
  }

  /**
   * A function that moves the position out of a row, and drops the schema, so that Spark does not
   * send it with the rows.
   */
  private record ByPosition(int column) implements PairFunction<Row, Long, Row> {

    @Override
    public Tuple2<Long, Row> call(Row row) {
      Object[] values = new Object[column];
      Arrays.setAll(values, row::get);
      return new Tuple2<>(row.getLong(column), RowFactory.create(values));
    }
  }
}
