package io.boxwright.udf.generate;

import io.boxwright.udf.table.ImageRequest;
import io.boxwright.udf.table.PromptRow;
import io.boxwright.udf.table.PromptSchema;
import io.boxwright.udf.table.Seeding;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;

/**
 * The requests for images of a partition's rows, one after the other. It holds one row at a time.
 */
final class ImageRequests implements Iterator<ImageRequest> {

  private final Iterator<Row> rows;
  private final PromptSchema schema;
  private final int imagesPerPrompt;
  private final Seeding seeding;
  private ImageRequest last;

  /**
   * Creates the requests of some rows.
   *
   * @param rows the rows of the prompt table
   * @param schema the columns of the prompt table
   * @param imagesPerPrompt the number of images of each row
   * @param seeding the generators of the noise of a row's images
   */
  ImageRequests(Iterator<Row> rows, PromptSchema schema, int imagesPerPrompt, Seeding seeding) {
    this.rows = rows;
    this.schema = schema;
    this.imagesPerPrompt = imagesPerPrompt;
    this.seeding = seeding;
  }

  @Override
  public boolean hasNext() {
    return rowHasMore() || rows.hasNext();
  }

  @Override
  public ImageRequest next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    last = rowHasMore() ? last.next() : makeFirst(rows.next());
    return last;
  }

  private boolean rowHasMore() {
    return last != null && last.hasNext();
  }

  private ImageRequest makeFirst(Row row) {
    int only = schema.index(GuidedImageGenerator.ONLY_IMAGES);
    return new ImageRequest(
        row,
        PromptRow.read(row, schema),
        0,
        imagesPerPrompt,
        seeding,
        only < 0 ? null : row.getList(only));
  }
}
