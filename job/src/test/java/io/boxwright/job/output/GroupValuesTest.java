package io.boxwright.job.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;

class GroupValuesTest {

  private final Group row =
      new SimpleGroup(
          MessageTypeParser.parseMessageType(
              """
              message row {
                optional binary text (UTF8);
                optional int32 small;
                optional int64 large;
                optional double holed;
                optional int32 decimal (DECIMAL(3, 2));
                optional int32 day (DATE);
                optional group things (LIST) {
                  repeated group list { optional group element { optional int32 count; } }
                }
              }
              """));
  private final GroupValues values = new GroupValues(row);

  @Test
  void whatIsNotThereIsNull() {
    assertThat(values.text("text")).isNull();
    assertThat(values.number("large")).isNull();
    assertThat(values.text("no such column")).isNull();
    assertThat(values.structs("things")).isEmpty();
  }

  @Test
  void numbersMayBeReadAsTexts() {
    row.append("text", "a cat").append("small", 7);

    assertThat(values.text("text")).isEqualTo("a cat");
    assertThat(values.text("small")).isEqualTo("7");

    row.append("decimal", 150).append("day", 19_000).append("holed", 0.5);
    assertThat(values.text("decimal")).isEqualTo("1.50");
    assertThat(values.text("day")).isEqualTo("2022-01-08");
    assertThat(values.text("holed")).isEqualTo("0.5");
  }

  @Test
  void largeNumbersAreRefused() {
    row.append("small", -7).append("large", 1L << 40).append("holed", 3.0);

    assertThat(values.number("small")).isEqualTo(-7);
    assertThat(values.number("holed")).isEqualTo(3);
    assertThatThrownBy(() -> values.number("large"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid large: 1099511627776 is not a whole number of 32 bits");
  }

  @Test
  void aStructThatIsNullIsRefused() {
    Group things = row.addGroup("things");
    things.addGroup("list").addGroup("element").append("count", 2);
    assertThat(values.structs("things")).extracting(thing -> thing.number("count")).containsOnly(2);

    things.addGroup("list");

    assertThatThrownBy(() -> values.structs("things"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid things: an element is null");
  }
}
