package io.boxwright.job.exporting;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.job.output.ExportFolder;
import io.boxwright.job.report.ContactSheet;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** The contact sheet of a dataset: its first images with their boxes and classes. */
public final class ExportSheet {

  /** The name of the file. */
  public static final String FILE = "contact-sheet.png";

  private static final int MOST_IMAGES = 12;

  /** The columns of an image table that a sheet shows. */
  private static final StructType SCHEMA =
      new StructType()
          .add("id", StringType)
          .add("image_index", IntegerType)
          .add("prompt", StringType)
          .add("image", new StructType().add("bytes", BinaryType))
          .add(
              "objects",
              createArrayType(
                  new StructType()
                      .add("label", StringType)
                      .add("boxes", createArrayType(createArrayType(DoubleType)))))
          .add("status", StringType);

  private final SparkSession spark;
  private final List<ExportedRun> runs;

  /** Draws images of runs. */
  public ExportSheet(SparkSession spark, List<ExportedRun> runs) {
    this.spark = spark;
    this.runs = List.copyOf(runs);
  }

  /** Writes the sheet. */
  public void write(ExportFolder folder, ExportPlan plan) {
    folder.write(FILE, out -> out.write(PngEncoder.encode(draw(folder, plan))));
  }

  private BufferedImage draw(ExportFolder folder, ExportPlan plan) throws IOException {
    List<Row> rows = new ArrayList<>();
    SourceImages.of(runs)
        .forEach(
            spark.sparkContext().hadoopConfiguration(),
            listFirst(folder, plan),
            (image, png) -> rows.add(toRow(image, png)));
    Dataset<Row> table = spark.createDataFrame(rows, SCHEMA);
    return ContactSheet.draw(table, MOST_IMAGES).orElseThrow();
  }

  private static List<SelectedImage> listFirst(ExportFolder folder, ExportPlan plan) {
    List<SelectedImage> first = new ArrayList<>();
    for (Part part : plan.parts()) {
      int most = Math.min(part.images(), MOST_IMAGES - first.size());
      first.addAll(new SelectionFile(folder).read(part.first(most)));
      if (first.size() == MOST_IMAGES) {
        break;
      }
    }
    return first;
  }

  private static Row toRow(SelectedImage image, byte[] png) {
    return RowFactory.create(
        image.stem(),
        0,
        image.prompt(),
        RowFactory.create((Object) png),
        image.boxes().stream().map(ExportSheet::toObject).toArray(Row[]::new),
        "ok");
  }

  private static Row toObject(ClassBox box) {
    Double[] edges = {box.xMin(), box.yMin(), box.xMax(), box.yMax()};
    return RowFactory.create(box.label(), new Double[][] {edges});
  }
}
