package io.boxwright.text;

/** Numbers of things in English sentences: {@code 1 chunk}, {@code 2 chunks}. */
public final class Count {

  private Count() {}

  /**
   * Returns a number and the noun that it counts.
   *
   * @param one the noun for one thing; an {@code s} is added for any other number
   */
  public static String of(long count, String one) {
    return of(count, one, one + "s");
  }

  /**
   * Returns a number and the noun that it counts.
   *
   * @param one the words after 1, such as {@code row is}
   * @param others the words after any other number, such as {@code rows are}
   */
  public static String of(long count, String one, String others) {
    return count + " " + form(count, one, others);
  }

  /** Returns the words that agree with a number, without the number. */
  public static String form(long count, String one, String others) {
    return count == 1 ? one : others;
  }
}
