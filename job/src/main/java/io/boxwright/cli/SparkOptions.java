package io.boxwright.cli;

import java.util.Set;

/** Options of {@code spark-submit}; {@code job/bin/boxwright} has the same list. */
final class SparkOptions {

  private static final Set<String> NAMES =
      Set.of(
          """
          --archives --class --conf -c --deploy-mode --driver-class-path --driver-cores
          --driver-default-class-path --driver-java-options --driver-library-path --driver-memory
          --exclude-packages --executor-cores --executor-memory --extra-properties-file --files
          --jars --keytab --kill --load-spark-defaults --master --name --num-executors --packages
          --principal --properties-file --proxy-user --py-files --queue --remote --repositories
          --status --supervise --total-executor-cores --usage-error --verbose -v"""
              .split("\\s+"));

  private SparkOptions() {}

  /**
   * Returns whether a word, such as {@code --conf} or {@code --master=local}, is such an option.
   */
  static boolean has(String word) {
    return NAMES.contains(name(word));
  }

  /** Returns the name of an option, without a value that may follow it in the same word. */
  static String name(String word) {
    return word.split("=", 2)[0];
  }
}
