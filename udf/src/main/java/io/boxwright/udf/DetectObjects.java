package io.boxwright.udf;

import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.pipelines.RequestLimits;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The function {@code detect_objects(detector, image_bytes, labels)}, which looks for objects in a
 * picture. Its detections are those of the column {@code detections} of evaluations.
 */
final class DetectObjects extends SqlFunction<ArrayData> {

  private static final long serialVersionUID = 1;

  private static final StructType DETECTION =
      new StructType()
          .add("label", DataTypes.StringType, false)
          .add("seen_as", DataTypes.StringType, false)
          .add("score", DataTypes.DoubleType, false)
          .add("box", DataTypes.createArrayType(DataTypes.DoubleType, false), false);

  private final NamedDetectors detectors;

  DetectObjects(NamedDetectors detectors) {
    super(
        "detect_objects",
        "detector STRING, image_bytes BINARY, labels ARRAY<STRING>",
        DataTypes.createArrayType(DETECTION, false),
        "What a detector finds in a picture. detector is shapes, or a folder of OWL-ViT or OWLv2");
    this.detectors = detectors;
  }

  /**
   * Looks for objects. The picture is PNG, JPEG or another format that Java reads.
   *
   * @return the detections of the labels in their order, those of a label from the highest score
   *     down. {@code label} is what was looked for, {@code seen_as} what the detector takes it for,
   *     {@code score} is 0..1, {@code box} the part in the image as x_min, y_min, x_max, y_max,
   *     0..1. Null if an argument is null
   * @throws IllegalArgumentException naming the detector that does not exist, the label that is
   *     null, too long or not one that the detector can look for, or the problem of the picture
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the file of the detector
   *     that cannot be read
   */
  @Override
  public ArrayData produceResult(InternalRow arguments) {
    if (arguments.anyNull()) {
      return null;
    }
    List<String> labels = readLabels(arguments.getArray(2));
    List<Detection> found =
        detectors.detect(
            arguments.getUTF8String(0).toString(),
            ImageDecoder.decode(arguments.getBinary(1)),
            labels);
    return new GenericArrayData(
        found.stream()
            .sorted(
                Comparator.comparingInt((Detection one) -> labels.indexOf(one.query()))
                    .thenComparing(Comparator.comparingDouble(Detection::score).reversed()))
            .map(DetectObjects::toRow)
            .toArray());
  }

  private static List<String> readLabels(ArrayData array) {
    List<String> labels = ArrayReader.readStrings(array);
    RequestLimits.requireCount("labels", labels.size(), "labels", RequestLimits.BOXES);
    for (int i = 0; i < labels.size(); i++) {
      String name = "labels[%d]".formatted(i);
      if (labels.get(i) == null) {
        throw new IllegalArgumentException("Invalid %s: it is null".formatted(name));
      }
      RequestLimits.requireLength(name, labels.get(i), RequestLimits.PHRASE_CHARACTERS);
    }
    return labels.stream().distinct().toList();
  }

  private static InternalRow toRow(Detection detection) {
    BoundingBox box = detection.box();
    return new GenericInternalRow(
        new Object[] {
          UTF8String.fromString(detection.query()),
          UTF8String.fromString(detection.label()),
          detection.score(),
          new GenericArrayData(new double[] {box.xMin(), box.yMin(), box.xMax(), box.yMax()})
        });
  }
}
