package io.boxwright.testing.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Random draws for the changes of a folder. The same seed gives the same draws. */
final class Draw {

  private final Path folder;
  private final Random random;

  /** Creates draws in a folder from a seed. */
  Draw(Path folder, long seed) {
    this.folder = folder;
    this.random = new Random(seed);
  }

  /** Returns the folder. */
  Path folder() {
    return folder;
  }

  /** Returns the source of random numbers. */
  Random random() {
    return random;
  }

  /** Draws a whole number from 0 to bound - 1. */
  int pickNumber(int bound) {
    return random.nextInt(bound);
  }

  /** Draws true or false, as likely. */
  boolean flipCoin() {
    return random.nextBoolean();
  }

  /** Draws a value of a list. */
  <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** Draws a regular file whose path in the folder matches a pattern; returns that path. */
  String pickFile(String pattern) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return pick(
          files
              .filter(Files::isRegularFile)
              .map(file -> folder.relativize(file).toString())
              .filter(file -> file.matches(pattern))
              .sorted()
              .toList());
    }
  }

  /** Flips one to three bits of the bytes {@code from} to {@code to - 1}, if there are any. */
  void flipBits(byte[] bytes, int from, int to) {
    for (int i = 1 + random.nextInt(3); i > 0 && to > from; i--) {
      bytes[from + random.nextInt(to - from)] ^= (byte) (1 << random.nextInt(8));
    }
  }
}
