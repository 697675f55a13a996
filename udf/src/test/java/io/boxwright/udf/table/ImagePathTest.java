package io.boxwright.udf.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImagePathTest {

  private static final String UUID = "550e8400-e29b-41d4-a716-446655440000";

  /** Ids that are not names of files, that name many files, or that are almost another name. */
  private static final List<String> NASTY =
      List.of(
          "",
          " ",
          ".",
          "..",
          "../..",
          "../../../../tmp/x",
          "/etc/passwd",
          "a/b",
          "a\\b",
          "a:b",
          "a_b",
          "a",
          "A",
          "aB",
          "Ab",
          "ab",
          "AB",
          "con",
          "CON",
          "con.x",
          "Con.X",
          "lpt1",
          "nul.tar",
          "a\nb",
          "a\0b",
          "a b",
          "a.",
          "a..",
          "a..b",
          "a.b",
          ".a",
          "-a",
          "_a",
          "a-",
          "a_",
          "~",
          "$HOME",
          "`id`",
          "é",
          "e\u0301",
          "ß",
          "ss",
          "\u0130",
          "i",
          "I",
          "ı",
          "猫",
          "犬",
          "\uD83D\uDC31",
          "\uFFFD",
          "x".repeat(300),
          "x".repeat(301),
          "X".repeat(300),
          "x".repeat(80),
          "x".repeat(81),
          "a_0",
          "a_0_0",
          UUID,
          UUID.toUpperCase(Locale.ROOT),
          nameOf("A"),
          nameOf("A").toLowerCase(Locale.ROOT),
          nameOf(""),
          nameOf("a/b"),
          "%s",
          "%",
          "a%2Fb");

  /** Returns the part of a name before the number of the image. */
  private static String nameOf(String id) {
    return ImagePath.of(id, 0).replaceFirst("_0\\.png$", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"r1", "0", "000042", "a-b_c.d", "3f2a9c1b00aa77fe", UUID, "a--b", "v1.2"})
  void idsThatAreNamesOfFilesStay(String id) {
    assertThat(ImagePath.of(id, 3)).isEqualTo(id + "_3.png");
  }

  @ParameterizedTest
  @CsvSource({
    "../../../../tmp/x, tmp_x",
    "/etc/passwd, etc_passwd",
    "Ada Lovelace, Ada_Lovelace",
    "CON, CON",
    "con.x, con_x",
    "猫, id",
    "'', id"
  })
  void othersKeepWhatIsLegible(String id, String stem) {
    assertThat(ImagePath.of(id, 0)).matches(stem + "--[0-9a-f]{32}_0\\.png");
  }

  @Test
  void namesAreSafeEverywhere() {
    for (String id : NASTY) {
      for (int index : new int[] {0, 1, 10, Integer.MAX_VALUE}) {
        assertThat(ImagePath.of(id, index))
            .matches("[A-Za-z0-9][A-Za-z0-9._-]*")
            .hasSizeLessThanOrEqualTo(ImagePath.MOST_CHARACTERS)
            .doesNotContain("..")
            .doesNotMatch("(?i)(con|prn|aux|nul|com\\d|lpt\\d)\\..*")
            .endsWith("_" + index + ".png");
      }
    }
  }

  @Test
  void noTwoImagesShareAName() {
    TreeMap<String, String> names = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String id :
        NASTY.stream().flatMap(id -> Stream.of(id, id + "_0", id + "_1")).distinct().toList()) {
      for (int index : new int[] {0, 1, 10}) {
        assertThat(names.put(ImagePath.of(id, index), id)).as(id).isNull();
      }
    }
  }
}
