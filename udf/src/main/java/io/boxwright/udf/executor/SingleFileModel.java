package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.PipelineFiles;
import io.boxwright.files.FileProblem;
import io.boxwright.files.PrivateFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A model whose weights are in one file with their original names. The folder beside it that has
 * the file's name without {@code .safetensors} holds the configurations and the tokenizer in
 * diffusers' layout. Weights in that folder's UNet, VAE and text encoder are not read.
 */
final class SingleFileModel {

  private static final String EXTENSION = ".safetensors";

  /** The depth of {@code unet/config.json} below a model's folder. */
  private static final int DEPTH = 2;

  private SingleFileModel() {}

  /** Returns whether a model of that name is a single file. */
  static boolean isName(String name) {
    return name.endsWith(EXTENSION);
  }

  /** Returns the name of the folder with a file's configurations. */
  static String configurations(String file) {
    return file.substring(0, file.length() - EXTENSION.length());
  }

  /** Returns whether a file of the folder with the configurations is read. */
  static boolean reads(String path) {
    return ModelIndex.reads(path)
        && !PipelineFiles.isReplacedBySingleFile(path)
        && !path.equals(PipelineFiles.SINGLE_FILE); // of the folder's own
  }

  /**
   * Makes a diffusers folder of links to a file and its configurations. No weights are copied.
   *
   * @param file the file on this host
   * @param cache the folder for copies, where the links are made
   * @return the folder, the same for each call with the same file
   * @throws ModelLoadingException if the file or the folder beside it is missing
   */
  static Path link(Path file, Path cache) {
    Path absolute = file.toAbsolutePath().normalize();
    Path configurations = Path.of(configurations(absolute.toString()));
    requireBoth(absolute, configurations);
    try {
      byte[] name = absolute.toString().getBytes(StandardCharsets.UTF_8);
      Path folder =
          PrivateFolder.of(cache)
              .resolve(configurations.getFileName() + "-" + UUID.nameUUIDFromBytes(name));
      List<Path> paths = listConfigurations(configurations);
      removeOtherLinks(folder, paths);
      for (Path path : paths) {
        makeLink(folder.resolve(path.toString()), configurations.resolve(path));
      }
      makeLink(folder.resolve(PipelineFiles.SINGLE_FILE), absolute);
      return folder;
    } catch (IOException e) {
      throw new ModelLoadingException(
          "Cannot load a model from %s: %s".formatted(file, FileProblem.of(e)), e);
    }
  }

  private static void requireBoth(Path file, Path configurations) {
    if (!Files.isRegularFile(file)) {
      throw new ModelLoadingException(
          "Cannot load a model from %s: there is no such file".formatted(file));
    }
    if (!Files.isRegularFile(configurations.resolve(ModelIndex.FILE_NAME))) {
      throw noConfigurations(file.toString(), configurations.toString());
    }
  }

  /** Makes the failure of a file without configurations and tokenizer. */
  static ModelLoadingException noConfigurations(String file, String configurations) {
    return new ModelLoadingException(
        ("Cannot load a model from %s: its configurations and tokenizer are missing; put the"
                + " model_index.json, configurations, scheduler and tokenizer of its base model into"
                + " the folder %s")
            .formatted(file, configurations));
  }

  private static List<Path> listConfigurations(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder, DEPTH)) {
      return files.map(folder::relativize).filter(path -> reads(path.toString())).toList();
    }
  }

  /** Removes the links to configurations that are there no more. */
  private static void removeOtherLinks(Path folder, List<Path> paths) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> links = Files.walk(folder, DEPTH)) {
      for (Path link : links.filter(Files::isSymbolicLink).toList()) {
        Path path = folder.relativize(link);
        if (!paths.contains(path) && !path.equals(Path.of(PipelineFiles.SINGLE_FILE))) {
          Files.deleteIfExists(link);
        }
      }
    }
  }

  /** Makes a link. Another process may make the same one at the same time. */
  private static void makeLink(Path link, Path target) throws IOException {
    Files.createDirectories(link.getParent());
    try {
      Files.createSymbolicLink(link, target);
    } catch (FileAlreadyExistsException e) {
      // it is the same link: the folder's name comes from the file's
    }
  }
}
