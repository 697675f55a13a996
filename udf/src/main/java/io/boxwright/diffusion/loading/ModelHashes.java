package io.boxwright.diffusion.loading;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.boxwright.files.ContentHash;
import io.boxwright.files.HostLock;
import io.boxwright.files.PrivateFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service that hashes the files of model folders, each completely and once. It remembers the
 * hashes on this host, for all processes of its user. A file whose path, size, times and number are
 * as they were is not read again. One process reads a folder, others wait for it. A memory that is
 * damaged or cannot be written costs only time.
 */
public final class ModelHashes {

  private static final Logger LOG = LoggerFactory.getLogger(ModelHashes.class);

  /** The folder of the memory, inside the folder of the copies of models. */
  private static final String FOLDER = "fingerprints";

  private static final ObjectMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Path cache;
  private final int blockBytes;

  /** Makes a service with its memory in a folder, see {@link ModelCache#defaultFolder}. */
  public ModelHashes(Path cache) {
    this(cache, ContentHash.BLOCK_BYTES);
  }

  /** Makes a service that hashes in blocks of another size. */
  ModelHashes(Path cache, int blockBytes) {
    this.cache = cache;
    this.blockBytes = blockBytes;
  }

  /** The memory of one model folder. */
  private record Memory(Map<String, HashedFile> files) {

    Memory {
      files = Map.copyOf(files);
    }
  }

  /**
   * Hashes files of a folder, or takes their hashes from the memory. Follows links.
   *
   * @param files the paths of the files, relative to the folder
   * @throws ModelLoadingException naming the file that cannot be read, or that is written to
   *     meanwhile
   */
  public HashedFolder hash(Path folder, List<String> files) {
    if (files.isEmpty()) {
      return new HashedFolder(folder, Map.of());
    }
    try {
      Path memory = findMemory(folder);
      return HostLock.hold(Path.of(memory + ".lock"), () -> hash(folder, files, memory));
    } catch (UncheckedIOException e) {
      LOG.warn("The hashes of {} are not remembered: {}", folder, e.getMessage());
      return new HashedFolder(folder, hash(folder, files, Map.of()));
    }
  }

  private Path findMemory(Path folder) {
    Path real = findRealPath(folder);
    String key = blockBytes + " " + real; // other blocks give other hashes
    UUID name = UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8));
    return PrivateFolder.of(cache, FOLDER).resolve(FOLDER).resolve(name + ".json");
  }

  private static Path findRealPath(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      throw new ModelLoadingException("Cannot read %s: %s".formatted(folder, e), e);
    }
  }

  private HashedFolder hash(Path folder, List<String> files, Path memory) {
    Map<String, HashedFile> before = read(memory);
    Instant start = Instant.now();
    Map<String, HashedFile> hashed = hash(folder, files, before);
    Map<String, HashedFile> after = new TreeMap<>(before);
    after.putAll(hashed);
    after.values().removeIf(file -> !file.state().isSettled(start));
    if (!after.equals(before)) {
      write(memory, after);
    }
    return new HashedFolder(folder, hashed);
  }

  private Map<String, HashedFile> hash(
      Path folder, List<String> files, Map<String, HashedFile> before) {
    Map<String, HashedFile> hashed = new TreeMap<>();
    Map<String, FileState> unknown = new LinkedHashMap<>();
    for (String file : files) {
      FileState state = FileState.of(folder.resolve(file));
      HashedFile known = before.get(file);
      if (known != null && known.state().equals(state)) {
        hashed.put(file, known);
      } else {
        unknown.put(file, state);
      }
    }
    hashed.putAll(read(folder, unknown));
    return hashed;
  }

  private Map<String, HashedFile> read(Path folder, Map<String, FileState> states) {
    Map<Path, String> hashes = hashAll(states);
    Map<String, HashedFile> hashed = new HashMap<>();
    states.forEach(
        (file, state) -> {
          if (!FileState.of(folder.resolve(file)).equals(state)) {
            throw new ModelLoadingException(
                ("Cannot read %s: it was changed while it was read; try again when nobody"
                        + " writes to it")
                    .formatted(folder.resolve(file)));
          }
          hashed.put(file, new HashedFile(state, hashes.get(Path.of(state.path()))));
        });
    return hashed;
  }

  private Map<Path, String> hashAll(Map<String, FileState> states) {
    long bytes = states.values().stream().mapToLong(FileState::size).sum();
    long start = System.nanoTime();
    try {
      List<Path> paths =
          states.values().stream().map(state -> Path.of(state.path())).distinct().toList();
      return ContentHash.ofFiles(paths, blockBytes);
    } catch (IOException e) {
      throw new ModelLoadingException("Cannot read a file of the model: " + e, e);
    } finally {
      LOG.debug("Hashed {} bytes in {} ms", bytes, (System.nanoTime() - start) / 1_000_000);
    }
  }

  private static Map<String, HashedFile> read(Path memory) {
    if (!Files.exists(memory)) {
      return Map.of();
    }
    try {
      return JSON.readValue(memory.toFile(), Memory.class).files();
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} is damaged and is made again: {}", memory, e.toString());
      return Map.of();
    }
  }

  /** Writes the memory of a folder. The caller holds its lock. */
  private static void write(Path memory, Map<String, HashedFile> files) {
    Path partial = Path.of(memory + ".partial");
    try {
      JSON.writeValue(partial.toFile(), new Memory(files));
      Files.move(partial, memory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.warn("The hashes of a model are not remembered in {}: {}", memory, e.toString());
    }
  }
}
