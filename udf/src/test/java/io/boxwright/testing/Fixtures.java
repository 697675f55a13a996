package io.boxwright.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The golden fixtures that {@code udf/src/test/python} makes: model folders, tensors and JSON. It
 * reads safetensors by itself, so that a slip of {@code io.boxwright.diffusion.loading} cannot hide
 * here.
 */
public final class Fixtures {

  /** The tolerance of a single component: 1e-4 of the largest expected value. */
  public static final double COMPONENT = 1e-4;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, DataType> TYPES =
      Map.of(
          "F64", DataType.FLOAT64,
          "F32", DataType.FLOAT32,
          "F16", DataType.FLOAT16,
          "I64", DataType.INT64,
          "I32", DataType.INT32,
          "U8", DataType.UINT8);

  private Fixtures() {}

  /** The tiny Stable Diffusion 1.x folder, which the demo runs, too. */
  public static Path sd1() {
    return Path.of("..", "datasets", "tiny-random", "pipeline");
  }

  /** The tiny Stable Diffusion 2.x folder: v-prediction, linear projections, gelu. */
  public static Path sd2() {
    return path("models/sd2");
  }

  /** The trained pipeline of the Shapes world. */
  public static Path shapes() {
    return Path.of("..", "datasets", "shapes", "pipeline");
  }

  /** A folder with one odd component, such as {@code sharded}. */
  public static Path variant(String name) {
    return path("models/variants").resolve(name);
  }

  /** A file or folder below {@code fixtures/}. */
  public static Path path(String name) {
    try {
      return Path.of(Fixtures.class.getResource("/fixtures/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** A JSON file below {@code fixtures/}, such as {@code golden/guided.json}. */
  public static JsonNode json(String name) {
    try {
      return JSON.readTree(path(name).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The tensors of a safetensors file below {@code fixtures/}, such as {@code
   * golden/sd1_components.safetensors}, by name.
   *
   * @param manager owns the arrays
   */
  public static Map<String, NDArray> tensors(String name, NDManager manager) {
    ByteBuffer file = read(path(name)).order(ByteOrder.LITTLE_ENDIAN);
    int headerLength = Math.toIntExact(file.getLong());
    JsonNode header = header(file, headerLength);
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    header
        .properties()
        .forEach(
            entry ->
                tensors.put(
                    entry.getKey(),
                    tensor(file, Long.BYTES + headerLength, entry.getValue(), manager)));
    return tensors;
  }

  /**
   * Asserts equal shapes and that no value is further off than {@code relative} times the largest
   * expected magnitude.
   */
  public static void assertClose(NDArray actual, NDArray expected, double relative) {
    double largest = Arrays.stream(doubles(expected)).map(Math::abs).max().orElse(0);
    assertWithin(actual, expected, relative * largest);
  }

  /** Asserts equal shapes and that no value is further off than {@code absolute}. */
  public static void assertWithin(NDArray actual, NDArray expected, double absolute) {
    assertThat(actual.getShape()).isEqualTo(expected.getShape());
    double[] actualValues = doubles(actual);
    double[] expectedValues = doubles(expected);
    double worst = 0;
    int worstIndex = 0;
    for (int i = 0; i < expectedValues.length; i++) {
      double difference = Math.abs(actualValues[i] - expectedValues[i]);
      if (difference > worst || Double.isNaN(difference)) {
        worst = difference;
        worstIndex = i;
      }
    }
    assertThat(worst)
        .as("largest difference, at flat index %d of %s", worstIndex, expected.getShape())
        .isLessThanOrEqualTo(absolute);
  }

  private static double[] doubles(NDArray array) {
    return switch (array.getDataType()) {
      case UINT8 -> Arrays.stream(array.toUint8Array()).asDoubleStream().toArray();
      case INT64 -> LongStream.of(array.toLongArray()).asDoubleStream().toArray();
      default -> {
        try (NDArray converted = array.toType(DataType.FLOAT64, true)) {
          yield converted.toDoubleArray();
        }
      }
    };
  }

  private static ByteBuffer read(Path file) {
    try {
      return ByteBuffer.wrap(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode header(ByteBuffer file, int length) {
    try {
      return JSON.readTree(file.array(), Long.BYTES, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NDArray tensor(ByteBuffer file, int start, JsonNode entry, NDManager manager) {
    int from = entry.get("data_offsets").get(0).asInt();
    int to = entry.get("data_offsets").get(1).asInt();
    ByteBuffer direct = ByteBuffer.allocateDirect(to - from).order(ByteOrder.nativeOrder());
    direct.put(file.array(), start + from, to - from).rewind();
    long[] shape =
        StreamSupport.stream(entry.get("shape").spliterator(), false)
            .mapToLong(JsonNode::asLong)
            .toArray();
    return manager.create(direct, new Shape(shape), TYPES.get(entry.get("dtype").asText()));
  }

  /** The names of the cases in a JSON fixture. */
  public static Stream<String> caseNames(String name) {
    return StreamSupport.stream(json(name).spliterator(), false)
        .map(testCase -> testCase.get("name").asText());
  }

  /** One of these cases. */
  public static JsonNode testCase(String name, String caseName) {
    return StreamSupport.stream(json(name).spliterator(), false)
        .filter(testCase -> testCase.get("name").asText().equals(caseName))
        .findFirst()
        .orElseThrow();
  }
}
