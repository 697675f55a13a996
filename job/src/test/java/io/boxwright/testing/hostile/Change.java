package io.boxwright.testing.hostile;

import java.io.IOException;

/** A change of a folder. */
@FunctionalInterface
interface Change {

  /**
   * Makes the change.
   *
   * @return a description of what was changed, for people
   * @throws IOException if the folder holds nothing that can be changed so
   */
  String apply() throws IOException;
}
