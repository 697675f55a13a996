package io.boxwright.job.exporting;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;

/** The images of a file of an image table, in order. It holds one row; the caller closes it. */
final class PixelReader implements AutoCloseable {

  private static final String ID = "id";
  private static final String INDEX = "image_index";
  private static final String IMAGE = "image";
  private static final String BYTES = "bytes";

  private final ParquetReader<Group> reader;

  /**
   * An image.
   *
   * @param id the id of its prompt's row
   * @param imageIndex its number among the images of the row
   * @param png its bytes; null if it was not made
   */
  record Pixels(String id, int imageIndex, byte[] png) {}

  /**
   * Opens a file.
   *
   * @throws IOException if it cannot be read
   */
  PixelReader(Configuration hadoop, String path) throws IOException {
    HadoopInputFile file = HadoopInputFile.fromPath(new Path(path), hadoop);
    Configuration settings = new Configuration(hadoop);
    settings.set(ReadSupport.PARQUET_READ_SCHEMA, chooseColumns(file).toString());
    reader = new Builder(file).withConf(settings).build();
  }

  private static final class Builder extends ParquetReader.Builder<Group> {

    Builder(InputFile file) {
      super(file);
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new GroupReadSupport();
    }
  }

  private static MessageType chooseColumns(InputFile file) throws IOException {
    try (ParquetFileReader footer = ParquetFileReader.open(file)) {
      MessageType all = footer.getFileMetaData().getSchema();
      GroupType image = all.getType(IMAGE).asGroupType();
      return new MessageType(
          all.getName(),
          all.getType(ID),
          all.getType(INDEX),
          image.withNewFields(image.getType(BYTES)));
    }
  }

  /**
   * Reads the next image, if there is one.
   *
   * @throws IOException if it cannot be read
   */
  Optional<Pixels> next() throws IOException {
    return Optional.ofNullable(reader.read()).map(PixelReader::toPixels);
  }

  private static Pixels toPixels(Group row) {
    boolean made = row.getFieldRepetitionCount(IMAGE) > 0;
    Group image = made ? row.getGroup(IMAGE, 0) : null;
    return new Pixels(
        row.getString(ID, 0),
        row.getInteger(INDEX, 0),
        made && image.getFieldRepetitionCount(BYTES) > 0
            ? image.getBinary(BYTES, 0).getBytes()
            : null);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
