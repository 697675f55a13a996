package io.boxwright.job.exporting;

import io.boxwright.files.Sha256;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The splits of a dataset. All images of a prompt are in one split, which a hash of the prompt
 * chooses.
 *
 * @param shares the share of each split by its name, each above 0 and with at most 30 decimal
 *     places; their sum is 1
 */
public record Splits(Map<String, BigDecimal> shares) implements Serializable {

  /** One split with everything. */
  public static final Splits ONE = new Splits(Map.of("train", BigDecimal.ONE));

  /** The hash has so many hexadecimal digits, few enough for a double. */
  private static final int DIGITS = 12;

  /** Shares of more places would make sums of any length. */
  private static final int MOST_PLACES = 30;

  /**
   * Checks the shares.
   *
   * @throws IllegalArgumentException if there are none, a name is not one of a folder, a share is
   *     not above 0 and at most 1 or has too many decimal places, or the sum is not 1
   */
  public Splits {
    shares = Collections.unmodifiableMap(new LinkedHashMap<>(shares));
    for (Map.Entry<String, BigDecimal> share : shares.entrySet()) {
      if (!share.getKey().matches("[A-Za-z0-9][A-Za-z0-9_]*")) {
        throw new IllegalArgumentException(
            "Invalid split '%s': its name may have letters, digits and '_'"
                .formatted(share.getKey()));
      }
      if (share.getValue().signum() <= 0 || share.getValue().compareTo(BigDecimal.ONE) > 0) {
        throw new IllegalArgumentException(
            "Invalid split %s: its share is %s, not above 0 and at most 1"
                .formatted(share.getKey(), share.getValue()));
      }
      if (share.getValue().scale() > MOST_PLACES) {
        throw new IllegalArgumentException(
            "Invalid split %s: its share has more than %d decimal places"
                .formatted(share.getKey(), MOST_PLACES));
      }
    }
    BigDecimal sum = shares.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    if (sum.compareTo(BigDecimal.ONE) != 0) {
      throw new IllegalArgumentException(
          "Invalid splits: their shares add up to %s, not to 1".formatted(sum.toPlainString()));
    }
  }

  /**
   * Reads splits such as {@code train=0.9,val=0.1}.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static Splits parse(String text) {
    Map<String, BigDecimal> shares = new LinkedHashMap<>();
    for (String part : text.split(",")) {
      String[] words = part.split("=", 2);
      if (words.length < 2) {
        throw new IllegalArgumentException(
            "Invalid split '%s': write NAME=SHARE, as in train=0.9,val=0.1".formatted(part));
      }
      if (shares.put(words[0].strip(), parseShare(words[1].strip())) != null) {
        throw new IllegalArgumentException("Invalid splits: %s is there twice".formatted(words[0]));
      }
    }
    return new Splits(shares);
  }

  private static BigDecimal parseShare(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Invalid split: the share '%s' is not a number".formatted(text), e);
    }
  }

  /** Returns the names, in their order. */
  public List<String> names() {
    return List.copyOf(shares.keySet());
  }

  /** Returns the number of the split of a prompt, from 0. */
  public int find(String prompt) {
    double place =
        Long.parseLong(Sha256.hex(prompt).substring(0, DIGITS), 16) / Math.pow(16, DIGITS);
    double end = 0;
    int number = 0;
    for (BigDecimal share : shares.values()) {
      end += share.doubleValue();
      if (place < end) {
        return number;
      }
      number++;
    }
    return number - 1; // the sum was rounded
  }

  /** Returns the spelling that {@link #parse} reads. */
  @Override
  public String toString() {
    return shares.entrySet().stream()
        .map(share -> share.getKey() + "=" + share.getValue().toPlainString())
        .collect(Collectors.joining(","));
  }
}
