package io.boxwright.job.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.testing.SharedSpark;
import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowCheckTest extends SharedSpark {

  @TempDir private Path folder;

  /** The problems of a table of one file, without that of its digest. */
  private List<String> problems(String query) {
    spark.sql(query).coalesce(1).write().parquet(folder.resolve("table").toString());
    File[] files = folder.resolve("table").toFile().listFiles((f, n) -> n.endsWith(".parquet"));
    String name = files[0].getName();
    List<String> problems =
        RowCheck.findProblems(spark, Map.of(files[0].getPath(), "none"), files[0].length());
    assertThat(problems).contains(name + ": its rows were changed after they were written");
    return problems.stream()
        .filter(problem -> !problem.endsWith("its rows were changed after they were written"))
        .map(problem -> problem.replace(name, "FILE"))
        .toList();
  }

  private static String row(String id, String status, String error, String image, int width) {
    return "select '%s' id, '%s' status, %s error, %s image, %d width, 4 height"
        .formatted(id, status, error, image, width);
  }

  private static String image(byte[] bytes) {
    return "named_struct('bytes', unhex('%s'), 'path', 'p')"
        .formatted(HexFormat.of().formatHex(bytes));
  }

  @Test
  void eachBrokenRowIsNamed() {
    byte[] png = PngEncoder.encode(new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB));
    byte[] half = java.util.Arrays.copyOf(png, png.length / 2);
    String none = "cast(null as struct<bytes: binary, path: string>)";
    String rows =
        String.join(
            " union all ",
            row("good", "ok", "null", image(png), 4),
            row("failed", "error", "'boom'", none, 4),
            row("silent", "error", "null", none, 4),
            row("both", "error", "'boom'", image(png), 4),
            row("empty", "ok", "null", none, 4),
            row("wide", "ok", "null", image(png), 5),
            row("half", "ok", "null", image(half), 4),
            row("odd", "fine", "null", image(png), 4));

    assertThat(problems(rows))
        .containsExactly(
            "FILE, row 2 (id silent), column error: an error without a message, or with an image",
            "FILE, row 3 (id both), column error: an error without a message, or with an image",
            "FILE, row 4 (id empty), column image: there is no image",
            "FILE, row 5 (id wide), column image: there is no picture of its width and height",
            "FILE, row 6 (id half), column image: there is no picture: Error skipping PNG metadata",
            "FILE, row 7 (id odd), column status: it is 'fine'");
  }
}
