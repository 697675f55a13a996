package io.boxwright.diffusion.loading;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.text.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The parts of a diffusers folder, read from its {@code model_index.json}.
 *
 * @param folder the folder
 * @param className the {@code _class_name}: the pipeline that saved the folder
 * @param family the pipelines that have the same parts
 * @param parts the class names ({@code UNet2DConditionModel}) by part names ({@code unet}); only
 *     parts that may be used here. Of optional parts neither class nor folder is checked
 * @param notes one sentence for each part of the folder that is not applied
 */
public record ModelIndex(
    Path folder,
    String className,
    PipelineFamily family,
    Map<String, String> parts,
    List<String> notes) {

  /** The file that makes a folder a diffusers folder. */
  public static final String FILE_NAME = "model_index.json";

  /** The optional part that finds unsafe content in images. */
  public static final String SAFETY_CHECKER = "safety_checker";

  /** The optional part that prepares images for the safety checker and for IP-Adapters. */
  public static final String FEATURE_EXTRACTOR = "feature_extractor";

  /** The optional part that encodes pictures for IP-Adapters. */
  public static final String IMAGE_ENCODER = "image_encoder";

  /** The names of folders in a cache of HuggingFace's hub. */
  private static final Pattern HUB_CACHE = Pattern.compile("models--.+");

  private static final Pattern PICKLED = Pattern.compile(".+\\.(ckpt|pth?|bin)");

  private static final Pattern READ_FILES =
      Pattern.compile(
          "[^/]+\\.json|%s|(%s)/[^/]+\\.(json|txt|safetensors)"
              .formatted(Pattern.quote(PipelineFiles.SINGLE_FILE), joinPartNames()));

  /** Joins the folder names of the parts of all families, as alternatives of a pattern. */
  private static String joinPartNames() {
    return Arrays.stream(PipelineFamily.values())
        .flatMap(family -> Stream.concat(family.parts().stream(), family.optionalParts().stream()))
        .map(PipelineFamily.Part::name)
        .distinct()
        .collect(Collectors.joining("|"));
  }

  /** Copies the collections. */
  public ModelIndex {
    parts = Map.copyOf(parts);
    notes = List.copyOf(notes);
  }

  /**
   * Reads a folder's index and checks that every part that is needed is there.
   *
   * @throws ModelLoadingException if the index or a part is missing or unsupported
   */
  public static ModelIndex open(Path folder) {
    if (!RegularFile.isListed(folder.resolve(FILE_NAME))) {
      refusePickled(folder.toString());
      throw failure(folder, describe(folder));
    }
    JsonNode index = JsonConfig.read(folder.resolve(FILE_NAME), JsonNode.class);
    String className = index.path("_class_name").asText();
    PipelineFamily family = findFamily(folder, className);
    Map<String, String> classes = readClasses(index);
    Map<String, String> parts = requireParts(folder, family, classes);
    parts.putAll(findOptionalParts(family, classes));
    return new ModelIndex(
        folder, className, family, parts, describeNotApplied(family, parts, classes));
  }

  /**
   * Refuses a pickled checkpoint, with advice.
   *
   * @param name its path or URI
   * @throws ModelLoadingException if the name is that of a pickled file
   */
  public static void refusePickled(String name) {
    if (PICKLED.matcher(name).matches()) {
      throw new ModelLoadingException(
          ("Cannot load a pipeline from %s: it is pickled, which can run code when opened; convert"
                  + " it, in Python:"
                  + " StableDiffusionPipeline.from_single_file(FILE).save_pretrained(FOLDER)")
              .formatted(name));
    }
  }

  /** Describes a path that is not a diffusers folder, and says what to give instead. */
  private static String describe(Path folder) {
    if (Files.isSymbolicLink(folder) && !Files.exists(folder)) {
      return "it is a link to something that does not exist";
    }
    if (!Files.isDirectory(folder)) {
      return "it is not a folder; give one that diffusers' save_pretrained wrote";
    }
    return findSnapshot(folder)
        .map(path -> "it is a folder of HuggingFace's cache; give the snapshot in it, " + path)
        .orElse("there is no model_index.json; give a folder that save_pretrained wrote");
  }

  /** Finds the newest snapshot in a model's folder of a hub cache, or in a cache of one model. */
  private static Optional<Path> findSnapshot(Path folder) {
    return listEntries(folder.resolve("snapshots"))
        .filter(path -> RegularFile.isListed(path.resolve(FILE_NAME)))
        .max(Comparator.comparing((Path path) -> path.toFile().lastModified()))
        .or(
            () ->
                listEntries(folder)
                    .filter(path -> HUB_CACHE.matcher(path.getFileName().toString()).matches())
                    .flatMap(path -> findSnapshot(path).stream())
                    .findFirst());
  }

  private static Stream<Path> listEntries(Path folder) {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.sorted().toList().stream();
    } catch (IOException e) {
      return Stream.empty();
    }
  }

  /**
   * Returns whether a file of a folder is read. This holds for configurations, vocabularies and
   * weights of the parts that are needed. Folders of Stable Diffusion often hold twice as much.
   *
   * @param path the path relative to the folder, such as {@code unet/config.json}
   */
  public static boolean reads(String path) {
    return READ_FILES.matcher(path).matches();
  }

  /** Returns the folder of a part, such as {@code unet}. */
  public Path part(String name) {
    return folder.resolve(name);
  }

  /**
   * Returns the folder of an optional part, such as {@code safety_checker}.
   *
   * @throws ModelLoadingException if the part is not named, has no folder, or is of another class
   */
  public Path requireOptionalPart(String name) {
    PipelineFamily.Part part =
        family.optionalParts().stream()
            .filter(optional -> optional.name().equals(name))
            .findFirst()
            .orElseThrow();
    requirePart(folder, part, parts);
    return part(name);
  }

  /**
   * Checks that some part has weights of the variant. Other parts may have only plain ones.
   *
   * @param variant the variant, such as {@code fp16}
   * @throws ModelLoadingException if no part has such weights
   */
  public void requireVariant(String variant) {
    if (parts.keySet().stream()
        .map(this::part)
        .filter(Files::isDirectory)
        .noneMatch(part -> hasVariant(part, variant))) {
      boolean single = RegularFile.isListed(folder.resolve(PipelineFiles.SINGLE_FILE));
      String advice = single ? "; single files have no variants: leave it out" : "";
      throw failure(
          folder, "no part has weights of the variant " + Printable.name(variant) + advice);
    }
  }

  private static boolean hasVariant(Path partFolder, String variant) {
    try (Stream<Path> files = Files.list(partFolder)) {
      return files
          .map(file -> file.getFileName().toString())
          .anyMatch(name -> name.contains(".safetensors") && name.contains("." + variant + "."));
    } catch (IOException e) {
      throw failure(partFolder, "it cannot be listed: " + e.getMessage());
    }
  }

  private static PipelineFamily findFamily(Path folder, String className) {
    return PipelineFamily.of(className)
        .orElseThrow(
            () ->
                failure(
                    folder,
                    "pipeline class '%s' is not supported; use %s of Stable Diffusion 1.x or 2.x"
                        .formatted(
                            Printable.value(className),
                            PipelineFamily.STABLE_DIFFUSION.pipeline())));
  }

  /**
   * Reads the entries such as {@code "unet": ["diffusers", "UNet2DConditionModel"]}, without null
   * ones.
   */
  private static Map<String, String> readClasses(JsonNode index) {
    Map<String, String> classes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : index.properties()) {
      if (entry.getValue().isArray() && entry.getValue().path(1).isTextual()) {
        classes.put(entry.getKey(), entry.getValue().path(1).asText());
      }
    }
    return classes;
  }

  private static Map<String, String> requireParts(
      Path folder, PipelineFamily family, Map<String, String> classes) {
    Map<String, String> parts = new LinkedHashMap<>();
    for (PipelineFamily.Part part : family.parts()) {
      requirePart(folder, part, classes);
      parts.put(part.name(), classes.get(part.name()));
    }
    return parts;
  }

  private static void requirePart(
      Path folder, PipelineFamily.Part part, Map<String, String> classes) {
    String name = part.name();
    if (!classes.containsKey(name)) {
      throw failure(folder, "model_index.json names no class for the part " + name);
    }
    if (!Files.isDirectory(folder.resolve(name))) {
      throw failure(folder, "there is no folder for the part " + name);
    }
    checkClass(folder, part, classes.get(name));
  }

  private static Map<String, String> findOptionalParts(
      PipelineFamily family, Map<String, String> classes) {
    Map<String, String> parts = new LinkedHashMap<>();
    family.optionalParts().stream()
        .map(PipelineFamily.Part::name)
        .filter(classes::containsKey)
        .forEach(name -> parts.put(name, classes.get(name)));
    return parts;
  }

  private static void checkClass(Path folder, PipelineFamily.Part part, String className) {
    if (!part.classes().isEmpty() && !part.classes().contains(className)) {
      throw failure(
          folder,
          "class %s of part %s is not supported; use %s"
              .formatted(
                  Printable.value(className), part.name(), String.join(" or ", part.classes())));
    }
  }

  private static List<String> describeNotApplied(
      PipelineFamily family, Map<String, String> parts, Map<String, String> classes) {
    List<String> notes = new ArrayList<>();
    classes.forEach(
        (name, className) -> {
          if (!parts.containsKey(name)) {
            notes.add(
                "%s (%s) is not applied: %s has no such part"
                    .formatted(
                        Printable.value(name), Printable.value(className), family.pipeline()));
          }
        });
    return notes;
  }

  private static ModelLoadingException failure(Path folder, String problem) {
    return new ModelLoadingException("Cannot load a pipeline from " + folder + ": " + problem);
  }
}
