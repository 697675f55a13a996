package io.boxwright.udf.executor;

import io.boxwright.diffusion.detection.DetectorFactory;
import io.boxwright.diffusion.detection.owlvit.OwlViTFactory;
import io.boxwright.diffusion.detection.owlvit.OwlViTVersion;
import io.boxwright.diffusion.detection.shapes.ShapesDetector;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.TransformersFiles;
import io.boxwright.text.Printable;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All detectors: by name, or by the folder of their model. A new one needs a class that implements
 * a factory, and a line here.
 */
public final class Detectors {

  /** The name for no detector. */
  public static final String NONE = "none";

  private static final List<DetectorFactory> NAMED = List.of(new ShapesDetector.Factory());

  /** The factories by what {@code architectures} of {@code config.json} says. */
  private static final Map<String, DetectorFactory> BY_ARCHITECTURE =
      new TreeMap<>(
          Arrays.stream(OwlViTVersion.values())
              .collect(Collectors.toMap(OwlViTVersion::architecture, OwlViTFactory::new)));

  private Detectors() {}

  /** Returns the names, {@link #NONE} first. */
  public static List<String> names() {
    return Stream.concat(Stream.of(NONE), NAMED.stream().map(DetectorFactory::name)).toList();
  }

  /**
   * Finds a detector, which is not loaded.
   *
   * @param nameOrFolder one of {@link #names} in any case, or the path of a model's folder
   * @return the detector with its default threshold; empty for {@link #NONE}
   * @throws IllegalArgumentException listing the names, if it is none of them and no folder
   * @throws ModelLoadingException naming the file, if the folder holds no model of a detector
   */
  public static Optional<DetectorSpec> of(String nameOrFolder) {
    String name = nameOrFolder.toLowerCase(Locale.ROOT);
    if (names().contains(name)) {
      return NAMED.stream()
          .filter(factory -> factory.name().equals(name))
          .map(DetectorSpec::of)
          .findFirst();
    }
    Path folder =
        findFolder(nameOrFolder)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Unknown detector %s: choose one of %s, or give the folder of a model"
                            .formatted(Printable.name(nameOrFolder), String.join(", ", names()))));
    return Optional.of(DetectorSpec.of(findFactory(folder), folder.toAbsolutePath()));
  }

  private static Optional<Path> findFolder(String name) {
    try {
      return Optional.of(Path.of(name))
          .filter(folder -> !name.isBlank() && Files.isDirectory(folder));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static DetectorFactory findFactory(Path folder) {
    List<String> found = TransformersFiles.architectures(folder);
    return found.stream()
        .map(BY_ARCHITECTURE::get)
        .flatMap(Stream::ofNullable)
        .findFirst()
        .orElseThrow(
            () ->
                new ModelLoadingException(
                    "Cannot load a detector from %s: architectures in config.json is %s, there are detectors for %s"
                        .formatted(
                            folder,
                            found.isEmpty() ? "missing" : Printable.value(found),
                            String.join(", ", BY_ARCHITECTURE.keySet()))));
  }
}
