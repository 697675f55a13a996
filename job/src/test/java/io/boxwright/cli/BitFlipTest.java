package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.boxwright.job.report.VerifyResult;
import io.boxwright.testing.Runs;
import io.boxwright.testing.SharedSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Single bits of a finished run's files that change, one at a time: {@code verify} finds each, or
 * the file says the same as before. {@code -Dboxwright.flips=300} flips so many; the default is a
 * few. The contact sheet is not covered.
 */
class BitFlipTest extends SharedSpark {

  private static final int FLIPS = Integer.getInteger("boxwright.flips", 8);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;
  private static Runs runs;
  private static List<Path> files;

  @BeforeAll
  static void makeRun() throws Exception {
    runs = new Runs(spark, folder).withPrompts();
    runs.action().execute();
    try (Stream<Path> all = Files.walk(runs.output())) {
      files =
          all.filter(Files::isRegularFile)
              .filter(file -> !file.endsWith("contact-sheet.png"))
              .sorted()
              .toList();
    }
    assertThat(files).hasSize(7); // five chunks, the plan and the record
    assertThat(runs.verify().problems()).isEmpty();
  }

  static IntStream flips() {
    return IntStream.range(0, FLIPS);
  }

  @ParameterizedTest
  @MethodSource("flips")
  void aFlippedBitIsFoundOrChangesNothing(int seed) throws Exception {
    Random random = new Random(seed);
    Path file = files.get(seed % files.size());
    byte[] good = Files.readAllBytes(file);
    byte[] flipped = good.clone();
    int place = random.nextInt(flipped.length);
    int bit = random.nextInt(8);
    flipped[place] ^= (byte) (1 << bit);
    Files.write(file, flipped);
    try {
      VerifyResult result = runs.verify();
      if (result.problems().isEmpty()) {
        assertThat(file.toString()).as("byte %d, bit %d", place, bit).endsWith(".json");
        assertThat(JSON.readTree(flipped)).isEqualTo(JSON.readTree(good));
      } else {
        String name = file.getFileName().toString();
        assertThat(result.problems()).anyMatch(problem -> problem.contains(name));
      }
    } finally {
      Files.write(file, good);
    }
  }
}
