package io.boxwright.udf.table;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.PromptValues;
import io.boxwright.diffusion.pipelines.RequestLimits;
import io.boxwright.files.Sha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import scala.collection.Seq;

/**
 * One row of a prompt table, with its values as they are. Reading never fails; making a request of
 * the row reports wrong values.
 *
 * @param id the id in the table; a hash of the row's content if the id is missing or not UTF-8
 * @param values the prompt and the layout. The seed is the one in the table, otherwise a hash of
 *     the id, which differs between rows but not between runs
 * @param repetition the number of earlier rows with the same id, if the id is from the table;
 *     otherwise 0
 * @param invalidTexts the SHA-256 of texts that are not UTF-8, by column; see {@link InvalidText}
 */
public record PromptRow(
    String id, PromptValues values, int repetition, Map<String, String> invalidTexts) {

  /** The most characters of an id; names and addresses of files are shorter. */
  static final int MOST_CHARACTERS_OF_ID = 4_096;

  /** Reads a row of a checked table. */
  public static PromptRow read(Row row, PromptSchema schema) {
    Values values = new Values(row, schema);
    String prompt = (String) values.get("prompt");
    String negativePrompt = (String) values.get("negative_prompt");
    Number seed = (Number) values.get("seed");
    List<List<Number>> bboxes = values.getNestedNumbers("bboxes");
    List<List<Number>> tokenIndices = values.getNestedNumbers("token_indices");
    List<String> phrases = values.getStrings("phrases");
    Map<String, String> invalidTexts = values.getTexts(InvalidText.COLUMN);
    Object ownId = invalidTexts.containsKey("id") ? null : values.get("id");
    List<Object> content = new ArrayList<>();
    content.addAll(Arrays.asList(prompt, negativePrompt, seed, bboxes, tokenIndices, phrases));
    content.addAll(invalidTexts.values()); // rows may differ only in their wrong bytes
    Number repetitions = (Number) values.get(PromptTables.REPETITION);
    int repetition = repetitions == null ? 0 : repetitions.intValue();
    if (ownId == null && repetition > 0) {
      content.add(repetition);
    }
    String id = ownId == null ? hash(content).substring(0, 16) : ownId.toString();
    int ownRepetition = ownId == null ? 0 : repetition; // a hash differs anyway
    long rowSeed = seed == null ? makeSeed(makeName(id, ownRepetition)) : seed.longValue();
    return new PromptRow(
        id,
        new PromptValues(prompt, negativePrompt, rowSeed, bboxes, tokenIndices, phrases),
        ownRepetition,
        invalidTexts);
  }

  /**
   * Returns a name that no other row has: the id, with the repetition if other rows have it, too.
   */
  String name() {
    return makeName(id, repetition);
  }

  private static String makeName(String id, int repetition) {
    return repetition == 0 ? id : id + "\0" + repetition;
  }

  /** Finds the first problem of the row that shows without a model. */
  Optional<String> findProblem() {
    try {
      requireText();
      values.check();
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }

  /**
   * Makes the request of the row's first image.
   *
   * @param tokenizer the pipeline's tokenizer
   * @return a request with its {@link GenerationRequest#tokens}
   * @throws IllegalArgumentException naming what is wrong with the row
   */
  public GenerationRequest makeRequest(CLIPTokenizer tokenizer) {
    requireText();
    return values.makeRequest(tokenizer);
  }

  private void requireText() {
    if (!invalidTexts.isEmpty()) {
      String column = invalidTexts.keySet().iterator().next();
      throw new IllegalArgumentException("Invalid %s: it is not valid UTF-8".formatted(column));
    }
    RequestLimits.requireLength("id", id, MOST_CHARACTERS_OF_ID);
  }

  /** Makes a seed of 32 bits, because PyTorch's generator reads no more. */
  private static long makeSeed(String id) {
    return Long.parseLong(hash(List.of(id)).substring(0, 8), 16);
  }

  private static String hash(List<Object> values) {
    String text = values.stream().map(PromptRow::toText).collect(Collectors.joining("\0"));
    return Sha256.hex(text);
  }

  /** Returns the same text of a value in all Java versions, which print doubles differently. */
  private static String toText(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(PromptRow::toText).collect(Collectors.joining(",", "[", "]"));
    }
    return value instanceof Double number ? Double.toHexString(number) : String.valueOf(value);
  }

  /** The values of a row by column; a column that the table lacks has no value. */
  private record Values(Row row, PromptSchema schema) {

    Object get(String column) {
      int index = schema.index(column);
      return index < 0 ? null : row.get(index);
    }

    Map<String, String> getTexts(String column) {
      int index = schema.index(column);
      return index < 0 || row.isNullAt(index) ? Map.of() : new TreeMap<>(row.getJavaMap(index));
    }

    List<String> getStrings(String column) {
      return toList(get(column), String.class::cast);
    }

    List<List<Number>> getNestedNumbers(String column) {
      return toList(get(column), inner -> inner == null ? null : toList(inner, Number.class::cast));
    }

    private static <T> List<T> toList(Object value, Function<Object, T> element) {
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
