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
 * Reads files of model folders: regular ones only, through links, too. A pipe would be waited for
 * without end, a device may have no end.
 */
public final class RegularFile {

  /**
   * Bytes that are read into memory at most: configurations, vocabularies, headers. CLIP's own
   * {@code tokenizer.json} has 3.6 MB.
   */
  public static final int LONGEST = 8 << 20;

  private RegularFile() {}

  /** Whether a folder has an entry of that name, also one that cannot be read. */
  public static boolean isListed(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * The length of a regular file in bytes.
   *
   * @throws ModelLoadingException naming the file, if it is missing or something else
   */
  public static long requireLength(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        throw failure(file, attributes.isDirectory() ? "it is a folder" : "it is no regular file");
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
   * The bytes of a file.
   *
   * @throws ModelLoadingException naming the file, if it is no regular file, longer than {@link
   *     #LONGEST} or cannot be read
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
   * The text of a UTF-8 file.
   *
   * @throws ModelLoadingException like {@link #readBytes}, and if it is no UTF-8
   */
  public static String readText(Path file) {
    try {
      return decodeUtf8(ByteBuffer.wrap(readBytes(file)));
    } catch (CharacterCodingException e) {
      throw new ModelLoadingException("Cannot read " + file + ": it is no UTF-8 text", e);
    }
  }

  /** Text that has no wrong byte; decoders of strings put a sign in the place of each. */
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
