package io.boxwright.job.input;

import java.util.List;
import org.apache.spark.sql.Row;

/** Values of rows that may be null. */
public final class RowValues {

  private RowValues() {}

  /** Returns the structs of a list; none if the list is null. */
  public static List<Row> structs(Row row, String column) {
    return list(row, column);
  }

  /** Returns the elements of a list; none if the list is null. */
  public static <T> List<T> list(Row row, String column) {
    int place = row.fieldIndex(column);
    return row.isNullAt(place) ? List.of() : row.getList(place);
  }
}
