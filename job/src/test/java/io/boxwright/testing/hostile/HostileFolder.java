package io.boxwright.testing.hostile;

import io.boxwright.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A copy of the tiny model's folder in which something was changed at random. */
public final class HostileFolder {

  private final Path folder;
  private final String description;

  private HostileFolder(Path folder, String description) {
    this.folder = folder;
    this.description = description;
  }

  /**
   * Creates a folder. The same seed makes the same changes.
   *
   * @param folder the path of the new folder
   */
  public static HostileFolder create(Path folder, long seed) throws IOException {
    TinyModel.copyTo(folder);
    return new HostileFolder(folder, change(new Draw(folder, seed)));
  }

  /** Returns the folder. */
  public Path path() {
    return folder;
  }

  /** Returns what was changed, for people. */
  @Override
  public String toString() {
    return description;
  }

  private static String change(Draw draw) throws IOException {
    List<Change> changes = listChanges(draw);
    String first = draw.pick(changes).apply();
    if (draw.pickNumber(5) > 0) {
      return first;
    }
    try {
      return first + " and " + draw.pick(changes).apply();
    } catch (IOException | RuntimeException e) {
      return first + " alone"; // the first change left nothing to change
    }
  }

  /** Lists the changes. A change that is listed twice is twice as likely. */
  private static List<Change> listChanges(Draw draw) {
    ConfigChanges configs = new ConfigChanges(draw);
    WeightChanges weights = new WeightChanges(draw);
    TokenizerChanges tokenizer = new TokenizerChanges(draw);
    FileKindChanges kinds = new FileKindChanges(draw);
    return List.of(
        configs::changeValue,
        configs::changeValue,
        configs::changeValue,
        configs::changeValue,
        configs::changeScheduler,
        configs::changeText,
        weights::changeHeader,
        weights::changeHeader,
        weights::changeHeader,
        weights::changeBytes,
        tokenizer::changeTokens,
        tokenizer::changeTokens,
        kinds::changeKind,
        weights::changeShards);
  }
}
