package io.boxwright.torch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The archive of TorchScript source that {@code torch::jit::load} reads: a zip of stored entries
 * that holds the code and a pickled instance of its class. The instance has no weights, so the
 * pickle is the same few bytes for every module.
 */
final class TorchScriptArchive {

  /** Pickle, protocol 2, of {@code obj.__setstate__({"training": True})}; %s is the class. */
  private static final String INSTANCE =
      "\u0080\u0002c__torch__\n%s\n)\u0081}(X\b\0\0\0training\u0088ub.";

  private static final String EMPTY_TUPLE = "\u0080\u0002).";

  private TorchScriptArchive() {}

  /**
   * Packs the source of a class.
   *
   * @param owner the class with the name of the class that the source defines
   * @param resource the file name of the source, next to the owner
   * @return the archive's bytes
   */
  static byte[] pack(Class<?> owner, String resource) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      addEntry(zip, "data.pkl", INSTANCE.formatted(owner.getSimpleName()).getBytes(ISO_8859_1));
      addEntry(zip, "code/__torch__.py", readSource(owner, resource));
      addEntry(zip, "constants.pkl", EMPTY_TUPLE.getBytes(ISO_8859_1));
      addEntry(zip, "version", "3\n".getBytes(UTF_8));
      addEntry(zip, "byteorder", "little".getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private static byte[] readSource(Class<?> owner, String resource) throws IOException {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException(resource);
      }
      return in.readAllBytes();
    }
  }

  private static void addEntry(ZipOutputStream zip, String name, byte[] content)
      throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry("module/" + name);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
