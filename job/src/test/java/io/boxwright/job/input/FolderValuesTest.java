package io.boxwright.job.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FolderValuesTest {

  private static final Path ROOT = new Path("file:/x=1/prompts");

  private static FolderValues of(String file) {
    return FolderValues.of(ROOT, new Path(ROOT + "/" + file));
  }

  @Test
  void foldersBelowTheTableHaveValues() {
    assertThat(of("a.parquet").values()).isEmpty();
    assertThat(of("k=1/j=a=b%20c/a.parquet").values())
        .containsExactly(entry("k", "1"), entry("j", "a=b c"));
    assertThat(of("k=1/a.parquet").base()).isEqualTo("file:/x=1/prompts");
    assertThat(of("sub/k=1/below/a.parquet"))
        .isEqualTo(new FolderValues("file:/x=1/prompts/sub", of("k=1/a.parquet").values()));
    assertThat(
            FolderValues.of(new Path("file:/k=1/a.parquet"), new Path("file:/k=1/a.parquet"))
                .values())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"k=/a.parquet,k=", "=v/a.parquet,=v", "a=1/=/b.parquet,="})
  void aFolderWithoutANameOrAValueIsNamed(String file, String folder) {
    assertThatThrownBy(() -> of(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Invalid folder %s: ".formatted(folder));
  }

  @Test
  void foldersThatNameTheSameColumnAreRefused() {
    assertThatThrownBy(() -> of("k=1/K=2/a.parquet"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Invalid folder K=2: a folder above it has a value of that name");
  }

  @Test
  void valuesPrintAsTheFoldersHaveThem() {
    assertThat(FolderValues.findType("k", List.of("5", "-7"))).isEqualTo(DataTypes.IntegerType);
    assertThat(FolderValues.findType("k", List.of("5", "05"))).isEqualTo(DataTypes.StringType);
    assertThat(FolderValues.findType("k", List.of("3000000000"))).isEqualTo(DataTypes.LongType);
    assertThat(FolderValues.findType("k", List.of("0.5"))).isEqualTo(DataTypes.DoubleType);
    assertThat(FolderValues.findType("k", List.of("0.50"))).isEqualTo(DataTypes.StringType);
    assertThat(FolderValues.findType("k", List.of("1d"))).isEqualTo(DataTypes.StringType);
    assertThat(FolderValues.findType("k", List.of("2026-05-06"))).isEqualTo(DataTypes.DateType);
    assertThat(FolderValues.findType("k", List.of("2026-5-6"))).isEqualTo(DataTypes.StringType);
    assertThat(FolderValues.findType("k", List.of("5", "__HIVE_DEFAULT_PARTITION__")))
        .isEqualTo(DataTypes.IntegerType);
  }

  @Test
  void ourColumnsHaveOurTypes() {
    assertThat(FolderValues.findType("prompt", List.of("5"))).isEqualTo(DataTypes.StringType);
    assertThat(FolderValues.findType("id", List.of("5"))).isEqualTo(DataTypes.StringType);
    assertThat(FolderValues.findType("seed", List.of("05"))).isEqualTo(DataTypes.LongType);
    assertThat(FolderValues.findType("seed", List.of("x"))).isEqualTo(DataTypes.StringType);
  }
}
