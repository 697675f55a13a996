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
 * The list of the files that count, for file systems whose rename is not one step. The driver alone
 * writes it, as chunks finish; at a kill the chunks since the last {@link #flush} are lost and made
 * again.
 *
 * <p>Each driver has a file of its own, named after its term, and the one of the highest term
 * counts. So a driver that wakes after another has taken its folder cannot bring an old list back.
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

  /** The manifest of a folder, for readers; empty if there is none that is whole. */
  Manifest(RunFolder folder) {
    this(folder, 0);
  }

  private Manifest(RunFolder folder, long term) {
    this.folder = folder;
    this.term = term;
    this.files = new TreeMap<>(newest(folder));
  }

  /** Begins the manifest of a new driver's term, with the files that count by now. */
  static Manifest begin(RunFolder folder, long term, List<ChunkFile> there) {
    Manifest manifest = new Manifest(folder, term);
    manifest.files.clear();
    there.forEach(manifest::add);
    manifest.write();
    names(folder).stream().filter(name -> term(name) < term).forEach(folder::delete);
    return manifest;
  }

  /** Whether a file in an output folder is a manifest. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** The highest term that has a manifest; 0 if there is none. */
  static long newestTerm(RunFolder folder) {
    return names(folder).stream().mapToLong(Manifest::term).findFirst().orElse(0);
  }

  private static Map<String, String> newest(RunFolder folder) {
    List<String> names = names(folder);
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

  /** Names of the manifests of a folder; the newest comes first. */
  static List<String> names(RunFolder folder) {
    return folder.list("").stream()
        .filter(FileStatus::isFile)
        .map(file -> file.getPath().getName())
        .filter(Manifest::isName)
        .sorted(Comparator.comparingLong(Manifest::term).reversed())
        .toList();
  }

  private static String name(long term) {
    return String.format(Locale.ROOT, "_manifest.%09d.json", term);
  }

  private static long term(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
  }

  /** Returns whether a file counts. */
  synchronized boolean lists(ChunkFile file) {
    return file.name().equals(files.get(key(file)));
  }

  /** Lets a file count in the place of the one that its chunk had. */
  synchronized void add(ChunkFile file) {
    files.put(key(file), file.name());
    changed = true;
  }

  private static String key(ChunkFile file) {
    return String.format(Locale.ROOT, "%05d", file.chunk());
  }

  /** Writes what was added. */
  synchronized void flush() {
    if (changed) {
      write();
    }
  }

  private void write() {
    folder.write(name(term), new Content(files));
    changed = false;
  }
}
