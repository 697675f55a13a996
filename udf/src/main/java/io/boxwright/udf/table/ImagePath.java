package io.boxwright.udf.table;

import io.boxwright.files.Sha256;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names of image files. An id becomes part of a path when somebody unpacks an image table. So names
 * have only letters, digits, {@code .}, {@code _} and {@code -}, begin with a letter or a digit,
 * and have at most {@value #MOST_CHARACTERS} characters.
 *
 * <p>Different ids never share a name, even on file systems that ignore case. So only ids in small
 * letters become part of the name as they are. For other ids, the name has their legible part and a
 * hash: {@code A} is {@code A--559aead0....png}. A short id that ends like such a name also gets a
 * hash.
 */
final class ImagePath {

  /** The most characters of a name. */
  static final int MOST_CHARACTERS = 100;

  private static final int MOST_CHARACTERS_OF_ID = 80;
  private static final int MOST_CHARACTERS_OF_STEM = 45;
  private static final int HASH_CHARACTERS = 32; // 128 bits, so no two ids have the same hash
  private static final String BEFORE_HASH = "--";

  private static final Pattern SAFE = Pattern.compile("[a-z0-9](\\.?[a-z0-9_-])*+");
  private static final Pattern HASHED =
      Pattern.compile(".*" + BEFORE_HASH + "[0-9a-f]{" + HASH_CHARACTERS + "}");

  /** Names of devices on Windows, also with any text after a dot. */
  private static final Set<String> DEVICES = Set.of("con", "prn", "aux", "nul");

  private static final Pattern NUMBERED_DEVICE = Pattern.compile("(com|lpt)[0-9]");

  private ImagePath() {}

  /**
   * Makes the name of an image's file.
   *
   * @param id the id of the prompt's row, any text
   * @param imageIndex the number of the image in its row, from 0
   */
  static String of(String id, int imageIndex) {
    return "%s_%d.png"
        .formatted(isSafe(id) ? id : makeStem(id) + BEFORE_HASH + hash(id), imageIndex);
  }

  private static boolean isSafe(String id) {
    return id.length() <= MOST_CHARACTERS_OF_ID
        && SAFE.matcher(id).matches()
        && !HASHED.matcher(id).matches()
        && !isDevice(id);
  }

  private static boolean isDevice(String id) {
    String name = id.split("\\.", 2)[0].toLowerCase(Locale.ROOT);
    return DEVICES.contains(name) || NUMBERED_DEVICE.matcher(name).matches();
  }

  /** Makes the legible part of an id, without dots, so it is neither a device nor a folder. */
  private static String makeStem(String id) {
    String start = id.substring(0, Math.min(id.length(), MOST_CHARACTERS));
    String legible = start.replaceAll("[^A-Za-z0-9-]+", "_").replaceAll("^[_-]+|[_-]+$", "");
    String stem = legible.substring(0, Math.min(legible.length(), MOST_CHARACTERS_OF_STEM));
    return stem.isEmpty() ? "id" : stem;
  }

  private static String hash(String id) {
    return Sha256.hex(id).substring(0, HASH_CHARACTERS);
  }
}
