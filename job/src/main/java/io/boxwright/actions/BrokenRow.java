package io.boxwright.actions;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;

/** Says of rows of the image table what is wrong with them, in a task. */
final class BrokenRow implements FlatMapFunction<Row, String> {

  private static final long serialVersionUID = 1;

  /** Of a row with id, image_index, status, error, bytes, width and height. */
  @Override
  public Iterator<String> call(Row row) {
    return Stream.of(problem(row))
        .flatMap(Optional::stream)
        .map(problem -> "%s/%s (%s)".formatted(row.get(0), row.get(1), problem))
        .iterator();
  }

  private static Optional<String> problem(Row row) {
    String status = row.getString(2);
    if ("error".equals(status)) {
      boolean whole = !row.isNullAt(3) && row.isNullAt(4);
      return whole ? Optional.empty() : Optional.of("an error without a message, or an image");
    }
    if (!"ok".equals(status)) {
      return Optional.of("status " + status);
    }
    return row.isNullAt(4) ? Optional.of("no image") : pictureProblem(row);
  }

  private static Optional<String> pictureProblem(Row row) {
    try {
      BufferedImage picture = ImageIO.read(new ByteArrayInputStream(row.getAs(4)));
      boolean whole =
          picture != null
              && Objects.equals(picture.getWidth(), row.get(5))
              && Objects.equals(picture.getHeight(), row.get(6));
      return whole ? Optional.empty() : Optional.of("no picture of its size");
    } catch (IOException | RuntimeException e) { // the latter for broken streams
      return Optional.of("no picture: " + e.getMessage());
    }
  }
}
