package io.boxwright.diffusion.loading;

import io.boxwright.files.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A reader of files of model folders. It follows links, but reads only regular files: waiting for a
 * pipe may never end, and neither may reading a device.
 */
public final class RegularFile {

  /**
   * The largest number of bytes that are read into memory, for configurations, vocabularies and
   * headers. CLIP's own {@code tokenizer.json} has 3.6 MB.
   */
  public static final int LONGEST = 8 << 20;

  private RegularFile() {}

  /** Returns whether a folder has an entry of that name, even one that cannot be read. */
  public static boolean isListed(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Returns the length of a regular file in bytes.
   *
   * @throws ModelLoadingException naming the file, if it is missing or not a regular file
   */
  public static long requireLength(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        throw failure(
            file, attributes.isDirectory() ? "it is a folder" : "it is not a regular file");
      }
      return attributes.size();
    } catch (NoSuchFileException e) {
      throw failure(
          file,
          isListed(file) ? "it is a link to a file that does not exist" : "it does not exist");
    } catch (IOException e) {
      throw new ModelLoadingException("Cannot read " + file + ": " + FileProblem.of(e), e);
    }
  }

  /**
   * Reads the bytes of a file.
   *
   * @throws ModelLoadingException naming the file, if it is not a regular file, is longer than
   *     {@link #LONGEST} or cannot be read
   */
  public static byte[] readBytes(Path file) {
    requireShort(file, requireLength(file));
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LONGEST + 1);
      requireShort(file, bytes.length);
      return bytes;
    } catch (IOException e) {
      throw new ModelLoadingException("Cannot read " + file + ": " + FileProblem.of(e), e);
    }
  }

  /**
   * Reads the text of a UTF-8 file.
   *
   * @throws ModelLoadingException like {@link #readBytes}, and if it is not UTF-8
   */
  public static String readText(Path file) {
    try {
      return decodeUtf8(ByteBuffer.wrap(readBytes(file)));
    } catch (CharacterCodingException e) {
      throw new ModelLoadingException("Cannot read " + file + ": it is not UTF-8 text", e);
    }
  }

  /** Decodes text and fails at a wrong byte, which the constructor of a string would replace. */
  public static String decodeUtf8(ByteBuffer bytes) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
  }

  private static void requireShort(Path file, long length) {
    if (length > LONGEST) {
      throw failure(file, "it has %d bytes, at most %d are read".formatted(length, LONGEST));
    }
  }

  private static ModelLoadingException failure(Path file, String problem) {
    return new ModelLoadingException("Cannot read " + file + ": " + problem);
  }
}
