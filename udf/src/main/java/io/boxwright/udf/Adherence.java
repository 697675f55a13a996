package io.boxwright.udf;

import io.boxwright.diffusion.attention.AttentionLayers;
import io.boxwright.diffusion.attention.TokenMap;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.layout.RelativeBoxes;
import io.boxwright.diffusion.metrics.AdherenceScorer;
import io.boxwright.diffusion.metrics.LayoutAdherence;
import io.boxwright.diffusion.models.attention.MapSize;
import io.boxwright.diffusion.pipelines.RequestLimits;
import io.boxwright.text.Count;
import io.boxwright.udf.table.ImageTableSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The function {@code adherence(attention, boxes)}, which scores the attention maps of an image
 * table again, such as against other boxes.
 *
 * <p>A map of the table is the mean over the tokens of its object. So an object of one token gets
 * the scores that generation gives it for the same boxes. An object of several tokens gets the
 * scores of its mean map, while generation takes the mean of the scores of each token's map. Tokens
 * cannot be chosen anew.
 */
final class Adherence extends SqlFunction<InternalRow> {

  private static final long serialVersionUID = 1;

  private static final StructType MAP = ImageTableSchema.attentionType();
  private static final StructType SCORES = ImageTableSchema.scoreType(LayoutAdherence.GROUP);

  /** The scores of the row, and then those of each object. */
  private static final StructType RESULT =
      SCORES.add("objects", DataTypes.createArrayType(SCORES, false));

  private final boolean severalBoxes; // for an object

  private Adherence(String boxesType, boolean severalBoxes) {
    super(
        "adherence",
        "attention %s, boxes %s".formatted(DataTypes.createArrayType(MAP).sql(), boxesType),
        RESULT,
        "The scores of the column adherence, from the column attention and from boxes of each"
            + " object, x_min, y_min, x_max, y_max, each 0 to 1");
    this.severalBoxes = severalBoxes;
  }

  /** Makes the function whose boxes are a list for each object, as {@code objects.boxes} has it. */
  static Adherence ofBoxLists() {
    return new Adherence("ARRAY<ARRAY<ARRAY<DOUBLE>>>", true);
  }

  /** Makes the function whose boxes are one for each object. */
  static Adherence ofBoxes() {
    return new Adherence("ARRAY<ARRAY<DOUBLE>>", false);
  }

  /** A map of an object, by its number. */
  private record ObjectMap(int object, TokenMap map) {}

  /**
   * Scores the maps of an image.
   *
   * @return {@code guided} and {@code held_out} as in the column {@code adherence}, and {@code
   *     objects} with both of each object. A score is null if there are no maps for it. The whole
   *     is null if an argument is null
   * @throws IllegalArgumentException naming the map or the box that is wrong, or if there are not
   *     boxes for each object that has maps
   */
  @Override
  public InternalRow produceResult(InternalRow arguments) {
    if (arguments.anyNull()) {
      return null;
    }
    List<ObjectMap> maps = readMaps(arguments.getArray(0));
    List<LayoutObject> objects = readObjects(arguments.getArray(1));
    requireBoxes(maps, objects);
    AttentionLayers layers =
        AttentionLayers.of(
            maps.stream().map(map -> map.map().layer() + ".processor").distinct().toList());
    LayoutAdherence scores =
        new AdherenceScorer(objects)
            .score(select(maps, layers.guided()), select(maps, layers.heldOut()));
    Object[] values = Arrays.copyOf(toValues(SCORES, "", scores.imageNumbers()), RESULT.length());
    values[SCORES.length()] =
        new GenericArrayData(
            scores.objectScores().stream()
                .map(object -> toRow(SCORES, "", object.numbers()))
                .toArray());
    return new GenericInternalRow(values);
  }

  private static List<ObjectMap> readMaps(ArrayData array) {
    List<ObjectMap> maps = new ArrayList<>();
    for (int i = 0; i < array.numElements(); i++) {
      String name = "attention[%d]".formatted(i);
      if (array.isNullAt(i)) {
        throw new IllegalArgumentException("Invalid %s: it is null".formatted(name));
      }
      maps.add(readMap(name, array.getStruct(i, MAP.length())));
    }
    return maps;
  }

  private static ObjectMap readMap(String name, InternalRow map) {
    for (String field : List.of("object", "layer", "height", "width", "values")) {
      if (map.isNullAt(MAP.fieldIndex(field))) {
        throw new IllegalArgumentException("Invalid %s: its %s is null".formatted(name, field));
      }
    }
    int height = map.getInt(MAP.fieldIndex("height"));
    int width = map.getInt(MAP.fieldIndex("width"));
    if (height < 1 || width < 1 || (long) height * width > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Invalid %s: its size is %d x %d cells".formatted(name, height, width));
    }
    try {
      return new ObjectMap(
          requireObject(map.getInt(MAP.fieldIndex("object"))),
          new TokenMap(
              map.getUTF8String(MAP.fieldIndex("layer")).toString(),
              new MapSize(height, width),
              readCells(map.getArray(MAP.fieldIndex("values")))));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("Invalid %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  private static int requireObject(int object) {
    if (object < 0 || object >= RequestLimits.BOXES) {
      throw new IllegalArgumentException(
          "its object is %d, it must be from 0 to %d".formatted(object, RequestLimits.BOXES - 1));
    }
    return object;
  }

  /** Reads the cells of a map: each is a finite number, at least 0. */
  private static float[] readCells(ArrayData array) {
    float[] cells = new float[array.numElements()];
    for (int i = 0; i < cells.length; i++) {
      Float cell = array.isNullAt(i) ? null : (Float) array.getFloat(i);
      if (cell == null || !(cell >= 0 && Float.isFinite(cell))) {
        throw new IllegalArgumentException(
            "values[%d] is %s, it must be finite and at least 0".formatted(i, cell));
      }
      cells[i] = cell;
    }
    return cells;
  }

  /** Makes an object for each element of the boxes. Its number stands for its token. */
  private List<LayoutObject> readObjects(ArrayData array) {
    RequestLimits.requireCount("boxes", array.numElements(), "objects", RequestLimits.BOXES);
    return IntStream.range(0, array.numElements())
        .mapToObj(object -> new LayoutObject("", List.of(object), readBoxes(array, object)))
        .toList();
  }

  private List<BoundingBox> readBoxes(ArrayData array, int object) {
    String name = "boxes[%d]".formatted(object);
    if (array.isNullAt(object) || array.getArray(object).numElements() == 0) {
      throw new IllegalArgumentException("Invalid %s: there is no box".formatted(name));
    }
    ArrayData given = array.getArray(object);
    return severalBoxes
        ? RelativeBoxes.read(name, ArrayReader.readNumberLists(given))
        : List.of(RelativeBoxes.readOne(name, ArrayReader.readNumbers(given)));
  }

  private static void requireBoxes(List<ObjectMap> maps, List<LayoutObject> objects) {
    int mapped = 1 + maps.stream().mapToInt(ObjectMap::object).max().orElse(-1);
    if (mapped != objects.size()) {
      throw new IllegalArgumentException(
          "Invalid boxes: they are those of %s, but attention has maps of %d"
              .formatted(Count.of(objects.size(), "object"), mapped));
    }
  }

  /** Returns the function that gives an object's maps in some layers, in the layers' order. */
  private static IntFunction<List<TokenMap>> select(List<ObjectMap> maps, List<String> layers) {
    return object ->
        layers.stream()
            .flatMap(
                layer ->
                    maps.stream()
                        .filter(map -> map.object() == object && map.map().layer().equals(layer)))
            .map(ObjectMap::map)
            .toList();
  }

  private static InternalRow toRow(StructType type, String path, Map<String, Double> numbers) {
    return new GenericInternalRow(toValues(type, path, numbers));
  }

  /** Returns the values of a struct from numbers by their paths; null for NaN. */
  private static Object[] toValues(StructType type, String path, Map<String, Double> numbers) {
    return Arrays.stream(type.fields()).map(field -> toValue(field, path, numbers)).toArray();
  }

  private static Object toValue(StructField field, String path, Map<String, Double> numbers) {
    DataType type = field.dataType();
    if (type instanceof StructType inner) {
      return toRow(inner, path + field.name() + ".", numbers);
    }
    Double number = numbers.get(path + field.name());
    return number.isNaN() ? null : number;
  }
}
