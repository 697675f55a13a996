package io.boxwright.spark;

import io.boxwright.layout.BoundingBox;
import io.boxwright.layout.LayoutObject;
import io.boxwright.pipelines.GenerationRequest;
import io.boxwright.pipelines.ImagePipeline;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import scala.collection.Seq;

/**
 * One row of a prompt table, as it stands there. Reading never fails; what is wrong with the values
 * comes out when a request is made of them.
 *
 * @param id the row's own, else a hash of its content
 * @param prompt may be null
 * @param negativePrompt may be null
 * @param seed the row's own, else a hash of the id: rows differ, and runs repeat
 * @param bboxes four edges each; values may be missing or wrong
 * @param tokenIndices a list for each box, or empty
 * @param phrases a phrase for each box, or empty
 */
record PromptRow(
    String id,
    String prompt,
    String negativePrompt,
    long seed,
    List<List<Number>> bboxes,
    List<List<Number>> tokenIndices,
    List<String> phrases) {

  /** Reads a row of a checked table. */
  static PromptRow read(Row row, PromptSchema schema) {
    Values values = new Values(row, schema);
    String prompt = (String) values.get("prompt");
    String negativePrompt = (String) values.get("negative_prompt");
    Number seed = (Number) values.get("seed");
    List<List<Number>> bboxes = values.nestedNumbers("bboxes");
    List<List<Number>> tokenIndices = values.nestedNumbers("token_indices");
    List<String> phrases = values.strings("phrases");
    Object ownId = values.get("id");
    String id =
        ownId == null
            ? hash(prompt, negativePrompt, seed, bboxes, tokenIndices, phrases).substring(0, 16)
            : ownId.toString();
    long rowSeed = seed == null ? defaultSeed(id) : seed.longValue();
    return new PromptRow(id, prompt, negativePrompt, rowSeed, bboxes, tokenIndices, phrases);
  }

  /**
   * What the row asks for.
   *
   * @param imageSeed what the image's noise is made from
   * @throws IllegalArgumentException saying what is wrong with the row
   */
  GenerationRequest request(ImagePipeline pipeline, long imageSeed) {
    if (prompt == null) {
      throw new IllegalArgumentException("Invalid prompt: it is null");
    }
    return new GenerationRequest(prompt, negativePrompt, imageSeed, objects(pipeline));
  }

  /** Boxes with the same tokens are boxes of one object. */
  private List<LayoutObject> objects(ImagePipeline pipeline) {
    checkCounts();
    Map<List<Integer>, List<Integer>> boxesByTokens = new LinkedHashMap<>();
    for (int i = 0; i < bboxes.size(); i++) {
      boxesByTokens.computeIfAbsent(tokens(pipeline, i), tokens -> new ArrayList<>()).add(i);
    }
    return boxesByTokens.entrySet().stream()
        .map(entry -> object(pipeline, entry.getKey(), entry.getValue()))
        .toList();
  }

  /** Without a phrase of its own, an object is called what its tokens say. */
  private LayoutObject object(ImagePipeline pipeline, List<Integer> tokens, List<Integer> places) {
    String phrase = phrases.isEmpty() ? null : phrases.get(places.get(0));
    String label = phrase == null ? pipeline.text(prompt, tokens) : phrase;
    return new LayoutObject(label, tokens, places.stream().map(this::box).toList());
  }

  private void checkCounts() {
    if (!tokenIndices.isEmpty()) {
      requireCount("token_indices", tokenIndices.size());
    }
    if (!phrases.isEmpty()) {
      requireCount("phrases", phrases.size());
    }
    if (!bboxes.isEmpty() && tokenIndices.isEmpty() && phrases.isEmpty()) {
      throw new IllegalArgumentException("Invalid layout: bboxes without token_indices or phrases");
    }
  }

  private void requireCount(String column, int count) {
    if (count != bboxes.size()) {
      throw new IllegalArgumentException(
          "Invalid layout: %d bboxes, but %d %s".formatted(bboxes.size(), count, column));
    }
  }

  private List<Integer> tokens(ImagePipeline pipeline, int place) {
    if (tokenIndices.isEmpty()) {
      String phrase = phrases.get(place);
      if (phrase == null) {
        throw new IllegalArgumentException("Invalid phrases[%d]: it is null".formatted(place));
      }
      return pipeline.tokenIndices(prompt, phrase);
    }
    List<Integer> tokens = new ArrayList<>();
    for (Number token : require("token_indices", place, tokenIndices.get(place))) {
      tokens.add(tokenIndex(place, token.longValue()));
    }
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("Invalid token_indices[%d]: it is empty".formatted(place));
    }
    return tokens;
  }

  private static int tokenIndex(int place, long value) {
    if (value != (int) value) {
      throw new IllegalArgumentException(
          "Invalid token_indices[%d]: %d lies outside every prompt".formatted(place, value));
    }
    return (int) value;
  }

  private BoundingBox box(int place) {
    List<Number> edges = require("bboxes", place, bboxes.get(place));
    if (edges.size() != 4) {
      throw new IllegalArgumentException(
          "Invalid bboxes[%d]: %d numbers, but a box has 4: x_min, y_min, x_max, y_max"
              .formatted(place, edges.size()));
    }
    try {
      return new BoundingBox(
          edges.get(0).doubleValue(),
          edges.get(1).doubleValue(),
          edges.get(2).doubleValue(),
          edges.get(3).doubleValue());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Invalid bboxes[%d]: %s".formatted(place, e.getMessage()), e);
    }
  }

  private static List<Number> require(String column, int place, List<Number> values) {
    if (values == null || values.contains(null)) {
      throw new IllegalArgumentException(
          "Invalid %s[%d]: it is null or has a null".formatted(column, place));
    }
    return values;
  }

  /** 32 bits, for PyTorch's generator looks at no more. */
  private static long defaultSeed(String id) {
    return Long.parseLong(hash(id).substring(0, 8), 16);
  }

  private static String hash(Object... values) {
    String text = Stream.of(values).map(PromptRow::text).collect(Collectors.joining("\0"));
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JVM has it
    }
  }

  /** The same text for the same value in every Java version, which differ in printing doubles. */
  private static String text(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(PromptRow::text).collect(Collectors.joining(",", "[", "]"));
    }
    return value instanceof Double number ? Double.toHexString(number) : String.valueOf(value);
  }

  /** Values of a row by column; a column that the table lacks holds nothing. */
  private record Values(Row row, PromptSchema schema) {

    Object get(String column) {
      int index = schema.index(column);
      return index < 0 ? null : row.get(index);
    }

    List<String> strings(String column) {
      return list(get(column), String.class::cast);
    }

    List<List<Number>> nestedNumbers(String column) {
      return list(get(column), inner -> inner == null ? null : list(inner, Number.class::cast));
    }

    private static <T> List<T> list(Object value, Function<Object, T> element) {
      List<T> list = new ArrayList<>();
      if (value instanceof Seq<?> sequence) {
        for (int i = 0; i < sequence.length(); i++) {
          list.add(element.apply(sequence.apply(i)));
        }
      }
      return list;
    }
  }
}
