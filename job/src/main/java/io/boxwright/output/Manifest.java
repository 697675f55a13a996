package io.boxwright.output;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The list of the files that count, for file systems whose rename is not one step. The driver alone
 * writes it, as chunks finish; at a kill the chunks since the last {@link #flush} are lost and made
 * again.
 */
final class Manifest {

  private record Content(Map<String, String> files) {}

  private final RunFolder folder;
  private final Map<String, String> files;
  private boolean changed;

  /** The manifest of a folder; without one, no file counts. */
  Manifest(RunFolder folder) {
    this.folder = folder;
    this.files =
        new TreeMap<>(
            folder.read(RunFolder.MANIFEST, Content.class).map(Content::files).orElse(Map.of()));
  }

  synchronized boolean lists(ChunkFile file) {
    return files.containsValue(file.name());
  }

  /** Lets a file count in the place of the one that its chunk had. */
  synchronized void add(ChunkFile file) {
    files.put(String.format(Locale.ROOT, "%05d", file.chunk()), file.name());
    changed = true;
  }

  /** Writes what was added. */
  synchronized void flush() {
    if (changed) {
      folder.write(RunFolder.MANIFEST, new Content(files));
      changed = false;
    }
  }
}
