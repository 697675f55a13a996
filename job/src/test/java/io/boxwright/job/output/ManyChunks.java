package io.boxwright.job.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/**
 * Fills a local output folder with chunks that look finished, for job/src/test/scripts/chunks-test.
 * They are copies of a chunk that a run has made there, and only their footers say another number;
 * so their seals are broken.
 */
public final class ManyChunks {

  /** The bytes before the chunk's number in a footer: its key and the mark of a text. */
  private static final String BEFORE_NUMBER = ImageWriteSupport.CHUNK + '\u0018';

  private static final int TRAILER_BYTES = 8; // length of the footer, magic

  private final RunFolder folder;
  private final RunPlan plan;

  private ManyChunks(String name) {
    folder = RunFolder.of(new Configuration(), name);
    plan = RunPlan.require(folder);
  }

  /**
   * Arguments: the output folder of a run, and how many of its chunks, the last ones, stay missing.
   */
  public static void main(String[] arguments) throws IOException {
    new ManyChunks(arguments[0]).fill(Integer.parseInt(arguments[1]));
  }

  private void fill(int missing) throws IOException {
    ChunkScan there = new ChunkTable(folder, plan).scan();
    byte[] template = Files.readAllBytes(path(there.files().get(0)));
    List<ChunkFile> all = new ArrayList<>(there.files());
    for (int chunk : there.missing()) {
      if (chunk < plan.chunks() - missing) {
        ChunkFile file = file(chunk);
        Files.write(path(file), withNumber(template, chunk));
        all.add(file);
      }
    }
    if (plan.commit() == CommitMode.MANIFEST) {
      Manifest.begin(folder, Manifest.findNewestTerm(folder), all);
    }
  }

  private ChunkFile file(int chunk) {
    ChunkFile file = ChunkFile.first(chunk);
    return plan.commit() == CommitMode.MANIFEST
        ? new ChunkFile(chunk, 0, file.attemptName("00000000-0"))
        : file;
  }

  /** The number is a text with its length before it, which is one byte. */
  private static byte[] withNumber(byte[] template, int chunk) {
    String text = new String(template, StandardCharsets.ISO_8859_1);
    int place = text.lastIndexOf(BEFORE_NUMBER) + BEFORE_NUMBER.length();
    String number = String.valueOf(chunk);
    String after = text.substring(place + 1 + text.charAt(place));
    byte[] file =
        (text.substring(0, place) + (char) number.length() + number + after)
            .getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer footer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int length = file.length - TRAILER_BYTES;
    footer.putInt(length, footer.getInt(length) + file.length - template.length);
    return file;
  }

  private Path path(ChunkFile file) {
    return Path.of(folder.images(), file.name());
  }
}
