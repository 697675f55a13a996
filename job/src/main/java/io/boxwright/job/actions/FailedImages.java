package io.boxwright.job.actions;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_extract;

import io.boxwright.job.input.ChunkPartitioner;
import io.boxwright.job.input.ChunkPartitioner.PlacedRows;
import io.boxwright.job.input.PromptTable;
import io.boxwright.job.input.SparkNames;
import io.boxwright.job.output.ChunkFile;
import io.boxwright.job.output.ChunkFooter;
import io.boxwright.job.output.ChunkTable;
import io.boxwright.job.output.ImageTable;
import io.boxwright.job.output.RunPlan;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The failed images of a folder, which are made again. A chunk's new file holds its good rows as
 * they were and the new ones, in the order of the prompts. An image's position is its row in its
 * chunk's file, counted through all chunks.
 */
final class FailedImages {

  private static final String IMAGE = "_boxwright_image";
  private static final String ORDER = "_boxwright_order";

  private final RunPlan plan;
  private final PromptTable prompts;
  private final ImageTable table;
  private final ChunkTable chunks;
  private final List<ChunkFile> files;
  private final long count;

  /** Finds the failed images that a folder has now. */
  FailedImages(RunPlan plan, PromptTable prompts, ImageTable table, ChunkTable chunks) {
    this.plan = plan;
    this.prompts = prompts;
    this.table = table;
    this.chunks = chunks;
    List<ChunkFooter> failed =
        chunks.scan().finished().values().stream().filter(footer -> footer.failed() > 0).toList();
    this.files = failed.stream().map(ChunkFooter::file).toList();
    this.count = failed.stream().mapToLong(ChunkFooter::failed).sum();
  }

  /** Returns the files to replace. */
  List<ChunkFile> files() {
    return files;
  }

  /** Returns the number of failed images. */
  long count() {
    return count;
  }

  /** Makes the rows of the new files, a partition each. */
  Dataset<Row> remake(GuidedImageGenerator generator) {
    Dataset<Row> images = readImages();
    Dataset<Row> good = images.filter(col("status").equalTo("ok"));
    Dataset<Row> again = makeAgain(generator, images.filter(col("status").equalTo("error")));
    Dataset<Row> all = good.unionByName(again);
    PlacedRows rows =
        makePartitioner(imagesPerChunk())
            .partition(all.select(selectColumns(images.columns())), IMAGE);
    return rows.toTable(all.sparkSession());
  }

  /** Reads the existing images, with their positions. */
  private Dataset<Row> readImages() {
    String[] paths = chunks.paths(files);
    Column chunk = regexp_extract(col("_metadata.file_name"), "chunk-(\\d+)", 1).cast("bigint");
    return table
        .read(paths)
        .withColumn(IMAGE, chunk.multiply(lit(imagesPerChunk())).plus(col("_metadata.row_index")));
  }

  /** Makes the failed images again, at their places among all images of their chunks. */
  private Dataset<Row> makeAgain(GuidedImageGenerator generator, Dataset<Row> failed) {
    Column position = floor(col(IMAGE).divide(lit(plan.imagesPerPrompt()))).cast("bigint");
    Dataset<Row> wanted =
        failed
            .groupBy(position.as(PromptTable.POSITION))
            .agg(collect_set(col("image_index")).as(GuidedImageGenerator.ONLY_IMAGES));
    Column orNone = coalesce(col(GuidedImageGenerator.ONLY_IMAGES), array().cast("array<int>"));
    Dataset<Row> rows =
        prompts
            .withPosition()
            .join(wanted, columns(PromptTable.POSITION), "left")
            .withColumn(GuidedImageGenerator.ONLY_IMAGES, orNone)
            .withColumn(ORDER, col(PromptTable.POSITION));
    Column image =
        col(PromptTable.POSITION).multiply(lit(plan.imagesPerPrompt())).plus(col("image_index"));
    PlacedRows placed = makePartitioner(plan.chunkRows()).partition(rows, ORDER);
    return generator
        .generate(rows.sparkSession(), placed.rows(), placed.schema())
        .withColumn(IMAGE, image)
        .drop(PromptTable.POSITION, GuidedImageGenerator.ONLY_IMAGES);
  }

  private ChunkPartitioner makePartitioner(long chunkRows) {
    return new ChunkPartitioner(files.stream().map(ChunkFile::chunk).toList(), chunkRows);
  }

  private long imagesPerChunk() {
    return (long) plan.chunkRows() * plan.imagesPerPrompt();
  }

  /** Selects columns by name, in this order; the position comes last. */
  private static Column[] selectColumns(String[] names) {
    return Arrays.stream(names).map(SparkNames::column).toArray(Column[]::new);
  }

  private static String[] columns(String... names) {
    return names;
  }
}
