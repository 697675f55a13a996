package io.boxwright.udf.counters;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongBinaryOperator;
import org.apache.spark.util.AccumulatorV2;

/**
 * An accumulator of named numbers. It holds a limited number of names; numbers of further names go
 * under {@link #OTHER}. Tasks may add to it while a heartbeat reads it.
 */
final class LongsByKey extends AccumulatorV2<Map<String, Long>, Map<String, Long>> {

  /** The name of the numbers whose own names have no room. */
  static final String OTHER = "(others)";

  private static final long serialVersionUID = 1;

  /** The way in which two numbers of one name become one. */
  enum Merge {
    /** Their sum. */
    SUM(Long::sum),
    /** The larger. */
    MAX(Math::max);

    private final LongBinaryOperator operator;

    Merge(LongBinaryOperator operator) {
      this.operator = operator;
    }
  }

  private final Merge merge;
  private final int mostKeys;
  private final ConcurrentHashMap<String, Long> longs = new ConcurrentHashMap<>();

  LongsByKey(Merge merge, int mostKeys) {
    this.merge = merge;
    this.mostKeys = mostKeys;
  }

  /** Adds one number. */
  void add(String key, long value) {
    String place = longs.size() < mostKeys || longs.containsKey(key) ? key : OTHER;
    longs.merge(place, value, merge.operator::applyAsLong);
  }

  @Override
  public void add(Map<String, Long> values) {
    values.forEach(this::add);
  }

  @Override
  public void merge(AccumulatorV2<Map<String, Long>, Map<String, Long>> other) {
    add(other.value());
  }

  @Override
  public Map<String, Long> value() {
    return Map.copyOf(longs);
  }

  @Override
  public boolean isZero() {
    return longs.isEmpty();
  }

  @Override
  public LongsByKey copy() {
    LongsByKey copy = new LongsByKey(merge, mostKeys);
    copy.longs.putAll(longs);
    return copy;
  }

  @Override
  public void reset() {
    longs.clear();
  }
}
