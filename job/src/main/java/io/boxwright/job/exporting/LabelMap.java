package io.boxwright.job.exporting;

import io.boxwright.files.Sha256;
import io.boxwright.job.importing.FileReaders;
import io.boxwright.job.importing.FileValue;
import io.boxwright.job.importing.SourceFile;
import io.boxwright.job.input.InvalidInputException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * The classes of phrases. Without a file, the class of a phrase is its {@link NormalPhrase}. A file
 * names the class of each phrase; it also holds for other spellings of the same normal phrase.
 *
 * @param file the name of the file; null if the phrases are the classes
 * @param classes the classes by phrases and normal phrases, in the order of the file
 */
public record LabelMap(String file, Map<String, String> classes) implements Serializable {

  /** The map whose classes are the phrases. */
  public static final LabelMap PHRASES = new LabelMap(null, Map.of());

  /** Copies the map. */
  public LabelMap {
    classes = Collections.unmodifiableMap(new LinkedHashMap<>(classes));
  }

  /**
   * Reads a file: a JSON object {@code {"phrase": "class"}}, or CSV with the columns {@code phrase}
   * and {@code class}.
   *
   * @param name the path of the file; CSV if it ends in {@code .csv}
   * @throws InvalidInputException naming file and line, if there is no such file, it is of another
   *     form, or a phrase has two classes
   * @throws IOException if it cannot be read
   */
  public static LabelMap read(Configuration configuration, String name) throws IOException {
    SourceFile file = SourceFile.find(configuration, name);
    Map<String, String> given = new LinkedHashMap<>();
    if (file.name().endsWith(".csv")) {
      for (FileValue row : FileReaders.readCsv(file, ',')) {
        put(given, row.field("phrase").text(), row.field("class"));
      }
    } else {
      FileReaders.readJsonObject(file).forEach((phrase, label) -> put(given, phrase, label));
    }
    if (given.isEmpty()) {
      throw new InvalidInputException("%s: there are no phrases".formatted(file.name()));
    }
    Map<String, String> classes = new LinkedHashMap<>(given);
    given.forEach((phrase, label) -> classes.putIfAbsent(NormalPhrase.of(phrase).text(), label));
    return new LabelMap(file.name(), classes);
  }

  private static void put(Map<String, String> classes, String phrase, FileValue label) {
    String before = classes.put(phrase, label.text());
    if (before != null && !before.equals(label.text())) {
      throw new InvalidInputException(
          "%s: phrase '%s' has the classes %s and %s"
              .formatted(label.place(), phrase, before, label.text()));
    }
  }

  /** Finds the class of a phrase; nothing if the file lacks it, or the phrase has no words. */
  Optional<String> find(String phrase) {
    NormalPhrase normal = NormalPhrase.of(phrase);
    if (file == null) {
      return Optional.of(normal.text()).filter(text -> !text.isEmpty());
    }
    return Optional.ofNullable(classes.getOrDefault(phrase, classes.get(normal.text())));
  }

  /** Returns all classes of the file, each once, in its order; none without a file. */
  List<String> names() {
    return classes.values().stream().distinct().toList();
  }

  /** Returns a text that differs for maps with other content. */
  String describe() {
    return file == null ? "phrases" : Sha256.hex(classes.toString()).substring(0, 16);
  }
}
