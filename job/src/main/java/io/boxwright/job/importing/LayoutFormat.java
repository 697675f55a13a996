package io.boxwright.job.importing;

import io.boxwright.job.input.InvalidInputException;
import java.io.IOException;
import java.util.List;

/** A form in which the authors of a benchmark publish its layouts. */
interface LayoutFormat {

  /**
   * Reads files of this form.
   *
   * @param files at least one
   * @return the layouts, in the order of the files
   * @throws InvalidInputException naming file, line and field, if a file is of another form
   * @throws IOException if a file cannot be read
   */
  List<Layout> read(List<SourceFile> files) throws IOException;
}
