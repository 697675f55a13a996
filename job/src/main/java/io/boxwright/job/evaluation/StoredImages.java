package io.boxwright.job.evaluation;

import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.job.figures.Expectation;
import io.boxwright.job.figures.Relation;
import io.boxwright.job.output.ChunkFooter;
import io.boxwright.job.output.GroupReader;
import io.boxwright.job.output.GroupValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/** The images of a chunk's file, in order. It holds one row at a time; the caller closes it. */
final class StoredImages implements Iterator<StoredImage>, AutoCloseable {

  /** The columns that are read, with the names of Parquet's lists. */
  private static final Set<String> COLUMNS =
      Set.of(
          "id",
          "image_index",
          "prompt",
          "category",
          "status",
          "error",
          "image.bytes",
          "width",
          "height",
          "objects.list.element.label",
          "objects.list.element.token_indices",
          "objects.list.element.boxes",
          "expected");

  private final ImageFile file;
  private final GroupReader reader;
  private Optional<GroupValues> next;

  /**
   * Opens a file.
   *
   * @throws IllegalStateException if it is not the file that the driver found
   * @throws UncheckedIOException if it cannot be read
   */
  StoredImages(ImageFile file, Configuration hadoop) {
    this.file = file;
    try {
      reader = new GroupReader(hadoop, file.path(), COLUMNS);
      if (!reader.footer(ChunkFooter.ROWS_KEY).equals(Optional.of(file.rows()))) {
        reader.close();
        throw new IllegalStateException(
            "%s was replaced since the evaluation began".formatted(file.path()));
      }
      next = reader.next();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public boolean hasNext() {
    return next.isPresent();
  }

  @Override
  public StoredImage next() {
    StoredImage image = read(next.orElseThrow());
    try {
      next = reader.next();
    } catch (IOException e) {
      throw failed(e);
    }
    return image;
  }

  private static StoredImage read(GroupValues row) {
    GroupValues image = row.struct("image");
    StoredImage plain =
        new StoredImage(
            row.text("id"),
            row.number("image_index"),
            row.text("prompt"),
            row.text("category"),
            row.text("error"),
            image == null ? null : image.bytes("bytes"),
            row.number("width"),
            row.number("height"),
            List.of(),
            List.of());
    if (plain.error() != null) {
      return plain;
    }
    try {
      List<Expectation> expected = readExpected(row);
      Expectation.requireConnected(expected);
      return new StoredImage(
          plain.id(),
          plain.imageIndex(),
          plain.prompt(),
          plain.category(),
          null,
          plain.png(),
          plain.width(),
          plain.height(),
          row.structs("objects").stream().map(StoredImages::readObject).toList(),
          expected);
    } catch (IllegalArgumentException e) { // an expectation that makes no sense
      return plain.withError(e.getMessage());
    }
  }

  private static LayoutObject readObject(GroupValues object) {
    return new LayoutObject(
        object.text("label"),
        object.numbers("token_indices"),
        object.doubleLists("boxes").stream()
            .map(edge -> new BoundingBox(edge.get(0), edge.get(1), edge.get(2), edge.get(3)))
            .toList());
  }

  private static List<Expectation> readExpected(GroupValues row) {
    return row.structs(InputColumns.EXPECTED).stream().map(StoredImages::readThing).toList();
  }

  private static Expectation readThing(GroupValues thing) {
    if (thing.text("label") == null) {
      throw new IllegalArgumentException("Invalid expected: a label is null");
    }
    return new Expectation(
        thing.text("label"),
        thing.number("min_count"),
        thing.number("max_count"),
        thing.text("color"),
        thing.text("relation") == null ? null : Relation.of(thing.text("relation")),
        thing.number("relative_to"));
  }

  private UncheckedIOException failed(IOException e) {
    return new UncheckedIOException("Cannot read %s: %s".formatted(file.path(), e.getMessage()), e);
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
