package io.boxwright.job.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;

/** An error for a JSON file of a run that is not as it was written: empty, cut off or changed. */
public final class DamagedFileException extends UncheckedIOException {

  private static final long serialVersionUID = 1;

  /** Makes an error that names the file and the problem. */
  DamagedFileException(Path file, IOException cause) {
    super("%s is damaged: %s".formatted(file, firstLine(cause)), cause);
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
