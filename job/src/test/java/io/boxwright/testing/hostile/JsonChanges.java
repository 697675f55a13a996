package io.boxwright.testing.hostile;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.ArrayList;
import java.util.List;

/** Changes of single values in JSON objects. */
final class JsonChanges {

  /** A reader that also takes NaN and infinities. */
  static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  /** Text that could steer a terminal or end a string, escaped as in JSON. */
  static final String EVIL = "\\u001b[2J\\u202eevil\\n\\u0000";

  /** Values as texts of JSON. No parser should take some of them. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "false",
          "\"text\"",
          "\"8\"",
          "\"\"",
          "\"" + EVIL + "\"",
          "\"" + "x".repeat(5000) + "\"",
          "\"../../../etc/passwd\"",
          "-1",
          "-4",
          "0",
          "1",
          "2",
          "3",
          "7",
          "33",
          "1000",
          "65536",
          "1000000000",
          "2147483647",
          "2147483648",
          "-2147483648",
          "1" + "0".repeat(30),
          "0.5",
          "2.7",
          "0.0",
          "-0.0",
          "1e-300",
          "1e300",
          "1e999",
          "NaN",
          "Infinity",
          "-Infinity",
          "[]",
          "[[]]",
          "[null]",
          "[1, 2]",
          "[0, 0, 0, 0]",
          "[1000000000]",
          "{}",
          "{\"content\": \"" + EVIL + "\"}",
          "[".repeat(2000),
          "01",
          "'a'");

  private final Draw draw;

  /** Creates changes that are drawn at random. */
  JsonChanges(Draw draw) {
    this.draw = draw;
  }

  /** Draws a value as text of JSON. */
  String pickValue() {
    return draw.pick(VALUES);
  }

  /** Draws a value, or one near the old one, as text of JSON. */
  String pickValue(JsonNode old) {
    if (old.isNumber() && draw.pickNumber(3) == 0) {
      double number = old.asDouble();
      double near = draw.pick(List.of(number + 1, number - 1, number * 2, -number, number / 2));
      return near == Math.rint(near) && old.isInt() ? String.valueOf((long) near) : near + "";
    }
    return pickValue();
  }

  /** Puts another value at a place of an array; returns the value. */
  String changeElement(ArrayNode array, int place) {
    String value = pickValue(array.get(place));
    array.set(place, JsonNodeFactory.instance.rawValueNode(new RawValue(value)));
    return value;
  }

  /** Changes, removes, repeats or renames a value of an object; returns a description. */
  String changeValue(ObjectNode json) {
    String key = draw.pick(listNames(json));
    JsonNode old = json.get(key);
    if (old instanceof ArrayNode array && !array.isEmpty() && draw.flipCoin()) {
      int i = draw.pickNumber(array.size());
      return "%s[%d] = %s".formatted(key, i, changeElement(array, i));
    }
    switch (draw.pickNumber(10)) {
      case 0 -> {
        json.remove(key);
        return "no " + key;
      }
      case 1 -> {
        json.putRawValue("again", new RawValue("0, \"%s\": %s".formatted(key, pickValue(old))));
        return key + " twice";
      }
      case 2 -> {
        json.set(EVIL, json.remove(key));
        return "another name for " + key;
      }
      default -> {
        String value = pickValue(old);
        json.putRawValue(key, new RawValue(value));
        return "%s = %s".formatted(key, value);
      }
    }
  }

  /** Lists the names of an object's values, in their order. */
  static List<String> listNames(ObjectNode json) {
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
