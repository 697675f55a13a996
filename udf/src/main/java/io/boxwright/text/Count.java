package io.boxwright.text;

/** Numbers of things in English sentences: {@code 1 chunk}, {@code 2 chunks}. */
public final class Count {

  private Count() {}

  /**
   * A number and what it counts.
   *
   * @param one the noun for one thing; for others it has an {@code s} more
   */
  public static String of(long count, String one) {
    return of(count, one, one + "s");
  }

  /**
   * A number and what it counts.
   *
   * @param one follows 1, such as {@code row is}
   * @param others follows any other number, such as {@code rows are}
   */
  public static String of(long count, String one, String others) {
    return count + " " + form(count, one, others);
  }

  /** The words that go with a number, which stands elsewhere. */
  public static String form(long count, String one, String others) {
    return count == 1 ? one : others;
  }
}
