package io.boxwright.job.output;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The list of the files that count, for file systems that cannot rename in one step. Only the
 * driver writes it, as chunks finish. If the driver is killed, the chunks since the last {@link
 * #flush} are lost and made again.
 *
 * <p>Each driver has a file of its own, named after its term, and the file with the highest term
 * counts. So a driver that wakes after another has taken its folder cannot bring back an old list.
 */
final class Manifest {

  private static final Logger LOG = LoggerFactory.getLogger(Manifest.class);

  private static final Pattern NAME = Pattern.compile("_manifest\\.(\\d{9,12})\\.json");

  private record Content(Map<String, String> files) {

    Content {
      Objects.requireNonNull(files, "files");
    }
  }

  private final RunFolder folder;
  private final long term;
  private final Map<String, String> files;
  private boolean changed;

  /** Reads the newest intact manifest of a folder; the list is empty if there is none. */
  Manifest(RunFolder folder) {
    this(folder, 0);
  }

  private Manifest(RunFolder folder, long term) {
    this.folder = folder;
    this.term = term;
    this.files = new TreeMap<>(readNewest(folder));
  }

  /**
   * Writes the manifest of a new driver's term, with the files that count by now; removes older
   * ones.
   */
  static Manifest begin(RunFolder folder, long term, List<ChunkFile> there) {
    Manifest manifest = new Manifest(folder, term);
    manifest.files.clear();
    there.forEach(manifest::add);
    manifest.write();
    listNames(folder).stream().filter(name -> parseTerm(name) < term).forEach(folder::delete);
    return manifest;
  }

  /** Returns whether a file in an output folder is a manifest, by its name. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Finds the highest term that has a manifest; returns 0 if there is none. */
  static long findNewestTerm(RunFolder folder) {
    return listNames(folder).stream().mapToLong(Manifest::parseTerm).findFirst().orElse(0);
  }

  private static Map<String, String> readNewest(RunFolder folder) {
    List<String> names = listNames(folder);
    for (String name : names) {
      try {
        Optional<Content> content = folder.read(name, Content.class);
        if (content.isPresent()) {
          return content.get().files();
        }
      } catch (DamagedFileException e) {
        LOG.warn("{} is damaged; an older manifest counts, if there is one", name);
      }
    }
    return Map.of();
  }

  /** Lists the names of the manifests of a folder; the newest comes first. */
  static List<String> listNames(RunFolder folder) {
    return folder.list("").stream()
        .filter(FileStatus::isFile)
        .map(file -> file.getPath().getName())
        .filter(Manifest::isName)
        .sorted(Comparator.comparingLong(Manifest::parseTerm).reversed())
        .toList();
  }

  private static String formatName(long term) {
    return String.format(Locale.ROOT, "_manifest.%09d.json", term);
  }

  private static long parseTerm(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
  }

  /** Returns whether a file counts. */
  synchronized boolean lists(ChunkFile file) {
    return file.name().equals(files.get(formatKey(file)));
  }

  /** Adds a file to the list; it replaces an earlier file of its chunk. */
  synchronized void add(ChunkFile file) {
    files.put(formatKey(file), file.name());
    changed = true;
  }

  private static String formatKey(ChunkFile file) {
    return String.format(Locale.ROOT, "%05d", file.chunk());
  }

  /** Writes the list, if files were added since it was last written. */
  synchronized void flush() {
    if (changed) {
      write();
    }
  }

  private void write() {
    folder.write(formatName(term), new Content(files));
    changed = false;
  }
}
