package io.boxwright.testing.hostile;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Changes of files and folders into other kinds of files. */
final class FileKindChanges {

  private final Draw draw;

  /** Creates changes that are drawn at random. */
  FileKindChanges(Draw draw) {
    this.draw = draw;
  }

  /** Puts a pipe, a folder, a link, or an odd file in the place of a file or folder. */
  String changeKind() throws IOException {
    String name =
        draw.pickNumber(4) == 0
            ? draw.pick(List.of("unet", "vae", "tokenizer", "scheduler", "text_encoder"))
            : draw.pickFile(".*");
    Path file = draw.folder().resolve(name);
    Path away = draw.folder().resolve("original");
    Files.move(file, away);
    String kind;
    switch (draw.pickNumber(8)) {
      case 0 -> {
        run("mkfifo", file.toString());
        kind = "a pipe";
      }
      case 1 -> {
        Files.createDirectory(file);
        kind = "an empty folder";
      }
      case 2 -> {
        Files.createFile(file);
        kind = "empty";
      }
      case 3 -> {
        Files.createSymbolicLink(file, file.getFileName());
        kind = "a link to itself";
      }
      case 4 -> {
        Files.createSymbolicLink(file, Path.of("nowhere"));
        kind = "a link to nowhere";
      }
      case 5 -> {
        Files.createSymbolicLink(file, away);
        kind = "a link to what it was";
      }
      case 6 -> {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
          sparse.setLength(3_000_000_000L);
        }
        kind = "3 GB long";
      }
      default -> kind = "missing";
    }
    return name + " is " + kind;
  }

  private static void run(String... command) throws IOException {
    try {
      if (new ProcessBuilder(command).start().waitFor() != 0) {
        throw new IOException("Cannot run " + String.join(" ", command));
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
