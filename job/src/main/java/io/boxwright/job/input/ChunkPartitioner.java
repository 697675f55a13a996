package io.boxwright.job.input;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Function1;
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
   * Rows that are not a table of Spark yet, a chunk in each partition. Spark would compile code for
   * {@link Dataset#javaRDD} and {@link Dataset#mapPartitions}, which takes longer than reading a
   * table of prompts.
   *
   * @param rows the rows, without a schema of their own
   * @param schema the schema of the rows
   */
  public record PlacedRows(JavaRDD<Row> rows, StructType schema) {

    /** Returns the rows as a table with the same partitions. */
    public Dataset<Row> toTable(SparkSession spark) {
      return spark.createDataset(rows.rdd(), Encoders.row(schema));
    }
  }

  /**
   * Returns the wanted rows, without the column of their positions.
   *
   * @param rows any rows
   * @param positionColumn the name of the last column, a bigint
   */
  public PlacedRows partition(Dataset<Row> rows, String positionColumn) {
    StructType schema = rows.schema();
    JavaRDD<Row> placed =
        rows.queryExecution()
            .toRdd()
            .toJavaRDD()
            .mapPartitionsToPair(new ByPosition(schema, schema.fieldIndex(positionColumn)))
            .filter(row -> findPartition(row._1()) >= 0)
            .repartitionAndSortWithinPartitions(this)
            .values();
    return new PlacedRows(
        placed, DataTypes.createStructType(Arrays.copyOf(schema.fields(), schema.length() - 1)));
  }

  /**
   * A function that moves the position out of rows, and drops the schema, so that Spark does not
   * send it with the rows.
   */
  private record ByPosition(StructType schema, int column)
      implements PairFlatMapFunction<Iterator<InternalRow>, Long, Row> {

    @Override
    public Iterator<Tuple2<Long, Row>> call(Iterator<InternalRow> rows) {
      Function1<Object, Object> converter = CatalystTypeConverters.createToScalaConverter(schema);
      return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, 0), false)
          .map(row -> place((Row) converter.apply(row)))
          .iterator();
    }

    private Tuple2<Long, Row> place(Row row) {
      Object[] values = new Object[column];
      Arrays.setAll(values, row::get);
      return new Tuple2<>(row.getLong(column), RowFactory.create(values));
    }
  }
}
