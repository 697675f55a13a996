package io.boxwright.job.importing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.text.Printable;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Readers of JSON, YAML and CSV that remember the line of each record. Python's {@code NaN} is a
 * number. Every method throws an {@link InvalidInputException} that names file and line if the file
 * is broken or ends too early, and an {@link IOException} if it cannot be read.
 */
public final class FileReaders {

  private static final ObjectMapper JSON =
      keepDigits(
          new ObjectMapper(
              JsonFactory.builder()
                  .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build()));

  private static final ObjectMapper YAML =
      keepDigits(
          new ObjectMapper(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build()));

  private static final CsvMapper CSV =
      CsvMapper.builder()
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .enable(CsvParser.Feature.FAIL_ON_MISSING_COLUMNS)
          .build();

  private static final int START_BYTES = 1 << 16;

  private FileReaders() {}

  /** Makes a mapper read numbers with a fraction or an exponent as they are written. */
  private static ObjectMapper keepDigits(ObjectMapper mapper) {
    return mapper
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);
  }

  /** A parser that refuses aliases of YAML, because it would give their names as values. */
  private static final class ValuesOnly extends JsonParserDelegate {

    ValuesOnly(JsonParser parser) {
      super(parser);
    }

    @Override
    public JsonToken nextToken() throws IOException {
      JsonToken token = super.nextToken();
      if (delegate instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
        throw new JsonParseException(
            this,
            "the alias *%s cannot be read; write the value itself".formatted(getText()),
            currentTokenLocation());
      }
      return token;
    }
  }

  /** Reads from a stream that the caller of {@link #read} closes. */
  private interface Body<T> {

    T read(InputStream in) throws IOException;
  }

  /** Reads the first 64 KiB of a file as UTF-8, without a byte order mark. Nothing is refused. */
  static String readStart(SourceFile file) throws IOException {
    try (InputStream in = file.open()) {
      return new String(in.readNBytes(START_BYTES), StandardCharsets.UTF_8)
          .replaceFirst("^\uFEFF", "");
    }
  }

  /**
   * Reads the one JSON value that a text value holds.
   *
   * @throws InvalidInputException naming file, line and field, if it holds anything else
   */
  static FileValue readJsonText(FileValue text) {
    try {
      JsonNode value =
          JSON.readerFor(JsonNode.class)
              .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readValue(text.text());
      return text.with(requireText(text.place(), value));
    } catch (JsonProcessingException e) {
      throw text.failure("it is '%s', but must be JSON".formatted(Printable.value(text.text())));
    }
  }

  /** Reads a JSON file that is one list, item by item. */
  static List<FileValue> readJsonList(SourceFile file) throws IOException {
    return read(
        file,
        in -> {
          try (JsonParser parser = JSON.createParser(in)) {
            require(file, parser, parser.nextToken() == JsonToken.START_ARRAY, "a list [...]");
            List<FileValue> items = readItems(file, parser, Optional.empty());
            requireEnd(file, parser);
            return items;
          }
        });
  }

  /**
   * Reads a JSON file that is one object whose fields are lists, item by item. Fields of other
   * types are left out.
   *
   * @param dropped a field that is left out of all items, to save memory
   */
  static Map<String, List<FileValue>> readJsonLists(SourceFile file, String dropped)
      throws IOException {
    return read(
        file,
        in -> {
          try (JsonParser parser = JSON.createParser(in)) {
            require(file, parser, parser.nextToken() == JsonToken.START_OBJECT, "an object {...}");
            Map<String, List<FileValue>> lists = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
              String name = parser.currentName();
              if (parser.nextToken() == JsonToken.START_ARRAY) {
                lists.put(name, readItems(file, parser, Optional.of(dropped)));
              } else {
                parser.skipChildren();
              }
            }
            requireEnd(file, parser);
            return lists;
          }
        });
  }

  /** Reads a JSON file that is one object. */
  public static Map<String, FileValue> readJsonObject(SourceFile file) throws IOException {
    return readObject(file, JSON, "an object {...}");
  }

  /** Reads a YAML file that is one mapping. */
  static Map<String, FileValue> readYamlObject(SourceFile file) throws IOException {
    return readObject(file, YAML, "a mapping");
  }

  /** Reads a file with one JSON object on each line. */
  static List<FileValue> readJsonLines(SourceFile file) throws IOException {
    return read(
        file,
        in -> {
          // Of a parser: of a stream, a list in the first line would pass for the list of all
          // lines.
          try (JsonParser parser = JSON.createParser(in);
              MappingIterator<JsonNode> records =
                  JSON.readerFor(JsonNode.class).readValues(parser)) {
            return readAll(file, records);
          }
        });
  }

  /**
   * Reads CSV with a line of column names. All values are texts.
   *
   * @param separator the character between values
   */
  public static List<FileValue> readCsv(SourceFile file, char separator) throws IOException {
    CsvSchema schema = CsvSchema.emptySchema().withHeader().withColumnSeparator(separator);
    return read(
        file,
        in -> {
          try (MappingIterator<JsonNode> records =
              CSV.readerFor(JsonNode.class).with(schema).readValues(in)) {
            records.hasNextValue(); // reads the names
            requireDistinctColumns(file, (CsvSchema) records.getParser().getSchema());
            return readAll(file, records);
          }
        });
  }

  /** Refuses columns of the same name, because only the last one would count. */
  private static void requireDistinctColumns(SourceFile file, CsvSchema header) {
    Set<String> names = new HashSet<>();
    for (CsvSchema.Column column : header) {
      if (!names.add(column.getName())) {
        throw new InvalidInputException(
            "%s, line 1: there are two columns %s; rename or remove one"
                .formatted(file.name(), Printable.name(column.getName())));
      }
    }
  }

  private static List<FileValue> readAll(SourceFile file, MappingIterator<JsonNode> records)
      throws IOException {
    List<FileValue> values = new ArrayList<>();
    while (records.hasNextValue()) {
      JsonNode value = records.nextValue();
      String place = place(file, records.getParser().currentTokenLocation());
      values.add(new FileValue(place, requireText(place, value)));
    }
    return values;
  }

  private static Map<String, FileValue> readObject(
      SourceFile file, ObjectMapper mapper, String wanted) throws IOException {
    return read(
        file,
        in -> {
          try (JsonParser parser = new ValuesOnly(mapper.createParser(in))) {
            require(file, parser, parser.nextToken() == JsonToken.START_OBJECT, wanted);
            Map<String, FileValue> fields = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
              String place = place(file, parser.currentTokenLocation());
              String name = parser.currentName();
              parser.nextToken();
              requireText(place, name);
              fields.put(name, new FileValue(place, requireText(place, readTree(parser))));
            }
            requireEnd(file, parser);
            return fields;
          }
        });
  }

  /** Reads the items of a list whose start was read. */
  private static List<FileValue> readItems(
      SourceFile file, JsonParser parser, Optional<String> dropped) throws IOException {
    List<FileValue> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      String place = place(file, parser.currentTokenLocation());
      JsonNode item = requireText(place, readTree(parser));
      if (dropped.isPresent() && item instanceof ObjectNode object) {
        object.remove(dropped.get());
      }
      items.add(new FileValue(place, item));
    }
    return items;
  }

  /** Refuses halves of surrogate pairs in any text of a value, because UTF-8 cannot hold them. */
  private static JsonNode requireText(String place, JsonNode value) {
    if (value.isTextual()) {
      requireText(place, value.textValue());
    }
    value.fieldNames().forEachRemaining(name -> requireText(place, name));
    value.forEach(inner -> requireText(place, inner));
    return value;
  }

  private static void requireText(String place, String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new InvalidInputException(
          "%s: the text '%s' has half of a surrogate pair, which is no character; remove it"
              .formatted(place, Printable.value(text)));
    }
  }

  private static JsonNode readTree(JsonParser parser) throws IOException {
    return parser.readValueAsTree();
  }

  private static <T> T read(SourceFile file, Body<T> body) throws IOException {
    try (InputStream in = file.open()) {
      return body.read(in);
    } catch (JsonEOFException e) {
      throw failure(file, e.getLocation(), "the file ends too early", e);
    } catch (JsonProcessingException e) {
      throw failure(file, e.getLocation(), describe(e), e);
    } catch (CharConversionException e) {
      throw new InvalidInputException("%s: it is not UTF-8".formatted(file.name()), e);
    }
  }

  /** Returns a message without its excerpts of the file, which YAML indents. */
  private static String describe(JsonProcessingException e) {
    return Printable.line(
        e.getOriginalMessage()
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith(" "))
            .collect(Collectors.joining("; ")));
  }

  private static void require(SourceFile file, JsonParser parser, boolean right, String wanted) {
    if (!right) {
      throw failure(file, parser.currentTokenLocation(), "the file must be " + wanted, null);
    }
  }

  private static void requireEnd(SourceFile file, JsonParser parser) throws IOException {
    require(file, parser, parser.nextToken() == null, "at its end after the first value");
  }

  private static InvalidInputException failure(
      SourceFile file, JsonLocation location, String problem, Exception cause) {
    String place = location == null ? file.name() : place(file, location);
    return new InvalidInputException("%s: %s".formatted(place, problem), cause);
  }

  private static String place(SourceFile file, JsonLocation location) {
    return location.getLineNr() < 1
        ? file.name()
        : "%s, line %d".formatted(file.name(), location.getLineNr());
  }
}
