package io.boxwright.diffusion.loading;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.UUID;

/**
 * A file of a model that is not in a folder of this host.
 *
 * @param path the path relative to the model's folder, such as {@code unet/config.json}
 * @param length the length in bytes
 * @param version a text that differs for other content, such as the time when it was written
 * @param content the source of its bytes
 */
public record ModelFile(String path, long length, String version, Content content) {

  /** The bytes of a file. */
  public interface Content {

    /** Opens a stream from the first byte on, which the caller closes. */
    InputStream open() throws IOException;
  }

  /**
   * Reads a file that lies in the jar, next to this class.
   *
   * @param folder the folder in the jar, such as {@code shapes}
   * @param path the path below that folder, and in the model
   */
  static ModelFile inJar(String folder, String path) {
    String resource = folder + "/" + path;
    byte[] bytes = read(resource);
    String version = UUID.nameUUIDFromBytes(bytes).toString();
    return new ModelFile(
        path, bytes.length, version, () -> new ByteArrayInputStream(read(resource)));
  }

  private static byte[] read(String resource) {
    try (InputStream in = ModelFile.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new ModelLoadingException("Cannot load %s: it is not in the jar".formatted(resource));
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + resource + " in the jar", e);
    }
  }
}
