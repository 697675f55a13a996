package io.boxwright.loading;

import java.io.IOException;
import java.io.InputStream;

/**
 * A file of a model that is not in a folder of this host.
 *
 * @param path relative to the model's folder, such as {@code unet/config.json}
 * @param length in bytes
 * @param version another one for other content, such as the time when it was written
 * @param content how to read it
 */
public record ModelFile(String path, long length, String version, Content content) {

  /** The bytes of a file. */
  public interface Content {

    /** A stream from the first byte on, which the caller closes. */
    InputStream open() throws IOException;
  }
}
