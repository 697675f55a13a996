package io.boxwright.diffusion.loading;

import io.boxwright.text.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A reader of the safetensors files of one component, as diffusers and transformers name them. */
final class WeightFiles {

  private static final Set<String> SINGLE_FILE_PARTS = Set.of("unet", "vae", "text_encoder");

  private final String component;
  private final Path folder;
  private final String name;

  /**
   * Creates a reader. It opens no file yet.
   *
   * @param component the name for messages, such as {@code unet}
   * @param folder the component's folder
   * @param name the name of the files, {@code diffusion_pytorch_model} or {@code model}
   */
  WeightFiles(String component, Path folder, String name) {
    this.component = component;
    this.folder = folder;
    this.name = name;
  }

  /**
   * Reads the tensors of the component's files. Where a folder has no files of the variant, its
   * plain files are read, as in diffusers. Where it has none at all, they are in the {@link
   * SingleFile} beside the component's folder.
   *
   * @param variant the variant, such as {@code fp16}, or null
   * @return the tensors by name
   * @throws ModelLoadingException naming the file or tensor that is missing or damaged
   */
  Map<String, SafeTensor> read(String variant) {
    if (isInSingleFile(variant)) {
      return SingleFile.read(component, singleFile());
    }
    Path file = findFile(variant);
    return isIndex(file) ? readShards(file) : SafeTensors.read(file);
  }

  /**
   * Lists the names of the files that {@link #read} reads: an index comes before its shards.
   *
   * @param variant the variant, such as {@code fp16}, or null
   * @throws ModelLoadingException if there are none
   */
  List<String> listNames(String variant) {
    if (isInSingleFile(variant)) {
      return List.of("../" + PipelineFiles.SINGLE_FILE);
    }
    Path file = findFile(variant);
    Stream<String> shards = isIndex(file) ? shardNames(readIndex(file)).stream() : Stream.of();
    return Stream.concat(Stream.of(file.getFileName().toString()), shards).toList();
  }

  /** Describes where {@link #read} finds the tensors, for messages that name some. */
  String describePlace(String variant) {
    if (!isInSingleFile(variant)) {
      return folder.toString();
    }
    try {
      return "%s (names as in diffusers)".formatted(singleFile().toRealPath());
    } catch (IOException e) {
      return singleFile().toString();
    }
  }

  /** Returns whether {@link #read} finds weights, or an index of their shards. */
  boolean exist(String variant) {
    return listCandidates(variant).stream().map(folder::resolve).anyMatch(RegularFile::isListed);
  }

  private boolean isInSingleFile(String variant) {
    return SINGLE_FILE_PARTS.contains(component)
        && !exist(variant)
        && RegularFile.isListed(singleFile());
  }

  private Path singleFile() {
    return folder.resolveSibling(PipelineFiles.SINGLE_FILE);
  }

  /** Finds the weights, or the index of their shards. */
  private Path findFile(String variant) {
    return listCandidates(variant).stream()
        .map(folder::resolve)
        .filter(RegularFile::isListed)
        .findFirst()
        .orElseThrow(
            () ->
                failure(
                    findOtherVariant()
                        .map(this::describeOnlyVariant)
                        .orElseGet(
                            () ->
                                hasPickledWeights()
                                    ? describePickled()
                                    : "there is no %s.safetensors".formatted(name))));
  }

  private static boolean isIndex(Path file) {
    return file.toString().endsWith(".json");
  }

  private static Map<String, String> readIndex(Path index) {
    return JsonConfig.read(index, ShardIndex.class).weightMap();
  }

  private static List<String> shardNames(Map<String, String> shards) {
    return shards.values().stream().distinct().sorted().toList();
  }

  private List<String> listCandidates(String variant) {
    List<String> candidates = new ArrayList<>();
    if (variant != null) {
      candidates.add(name + "." + variant + ".safetensors");
      candidates.add(name + ".safetensors.index." + variant + ".json");
      candidates.add(name + "." + variant + ".safetensors.index.json");
    }
    candidates.add(name + ".safetensors");
    candidates.add(name + ".safetensors.index.json");
    return candidates;
  }

  private Map<String, SafeTensor> readShards(Path index) {
    Map<String, String> shards = readIndex(index);
    Map<String, SafeTensor> tensors = new LinkedHashMap<>();
    for (String shard : shardNames(shards)) {
      if (!RegularFile.isListed(folder.resolve(shard))) {
        throw failure(
            "%s lists %s, which does not exist"
                .formatted(index.getFileName(), Printable.value(shard)));
      }
      addShard(tensors, shard, shards);
    }
    requireAll(index, shards, tensors);
    return tensors;
  }

  /**
   * Adds the tensors of a shard. Refuses a tensor in two shards, because readers would differ in
   * which one they take.
   */
  private void addShard(Map<String, SafeTensor> tensors, String shard, Map<String, String> shards) {
    SafeTensors.read(folder.resolve(shard))
        .forEach(
            (tensorName, tensor) -> {
              String assigned = shards.getOrDefault(tensorName, shard);
              if (!assigned.equals(shard) || tensors.put(tensorName, tensor) != null) {
                throw failure(
                    "%s holds tensor %s, which belongs to another shard"
                        .formatted(Printable.value(shard), Printable.value(tensorName)));
              }
            });
  }

  private void requireAll(Path index, Map<String, String> shards, Map<String, SafeTensor> tensors) {
    shards.forEach(
        (tensorName, shard) -> {
          if (!tensors.containsKey(tensorName)) {
            throw failure(
                "%s lists tensor %s, which %s does not hold"
                    .formatted(
                        index.getFileName(), Printable.value(tensorName), Printable.value(shard)));
          }
        });
  }

  /** Finds a variant that the folder has, such as {@code fp16}. */
  private Optional<String> findOtherVariant() {
    Pattern weights =
        Pattern.compile(
            "%1$s\\.([^.]+?)(-\\d+-of-\\d+)?\\.safetensors|%1$s\\.safetensors\\.index\\.([^.]+)\\.json"
                .formatted(Pattern.quote(name)));
    return listFolder().stream()
        .map(weights::matcher)
        .filter(Matcher::matches)
        .map(match -> match.group(1) == null ? match.group(3) : match.group(1))
        .findFirst();
  }

  private String describeOnlyVariant(String variant) {
    return "there is no %1$s.safetensors, only the variant %2$s of it: give --variant %2$s"
        .formatted(name, Printable.value(variant));
  }

  private List<String> listFolder() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      return List.of(); // the folder itself is missing
    }
  }

  private boolean hasPickledWeights() {
    return listFolder().stream().anyMatch(file -> file.endsWith(".bin") || file.endsWith(".ckpt"));
  }

  private static String describePickled() {
    return "its weights are pickled (.bin or .ckpt), which can run code when opened; convert them,"
        + " in Python: DiffusionPipeline.from_pretrained(FOLDER).save_pretrained(FOLDER,"
        + " safe_serialization=True)";
  }

  private ModelLoadingException failure(String problem) {
    return new ModelLoadingException(
        "Cannot load %s from %s: %s".formatted(component, folder, problem));
  }
}
