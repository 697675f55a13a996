package io.boxwright.udf.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.PipelineFiles;
import io.boxwright.testing.Checkpoints;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.LocalSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFolderTest {

  @TempDir private Path folder;

  private Path source;

  @BeforeEach
  void copyModel() throws Exception {
    source = folder.resolve("a model");
    Configuration conf = new Configuration();
    FileUtil.copy(
        Fixtures.sd1().toFile(),
        FileSystem.getLocal(conf),
        new org.apache.hadoop.fs.Path(source.toUri()),
        false,
        conf);
  }

  private Path localize(String name) {
    return ModelFolder.of(name, folder.resolve("cache")).localize();
  }

  private String uri() {
    return "file://" + source;
  }

  @Test
  void theBuiltInModelNeedsNoPath() {
    assertThat(ModelIndex.open(localize("shapes")).className())
        .isEqualTo("StableDiffusionPipeline");
  }

  @Test
  void aFolderOfTheHostIsUsedAsItIs() {
    assertThat(localize(source.toString())).isEqualTo(source);
  }

  @Test
  void aUriIsCopiedWithoutFilesThatAreNotRead() throws Exception {
    Files.createDirectory(source.resolve("controlnet"));
    Files.writeString(source.resolve("controlnet/model.safetensors"), "large");
    Files.writeString(source.resolve("unet/diffusion_pytorch_model.bin"), "pickled");
    Files.writeString(source.resolve("v1-5-pruned.safetensors"), "large");

    Path copy = localize(uri());

    assertThat(copy).hasParent(folder.resolve("cache"));
    assertThat(copy.resolve("controlnet")).doesNotExist();
    assertThat(copy.resolve("unet/diffusion_pytorch_model.bin")).doesNotExist();
    assertThat(copy.resolve("v1-5-pruned.safetensors")).doesNotExist();
    assertThat(copy.resolve("tokenizer/merges.txt"))
        .hasSameBinaryContentAs(source.resolve("tokenizer/merges.txt"));
    assertThat(ModelIndex.open(copy).parts()).hasSize(5);
  }

  private Path putSingleFileBesideTheModel() throws Exception {
    Path file = folder.resolve("a model.safetensors");
    Files.copy(Fixtures.path("single-files/sd1.safetensors"), file);
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "file://"})
  void aSingleFileHasTheConfigurationsOfTheFolderBesideItAndItsOwnWeights(String scheme)
      throws Exception {
    Path file = putSingleFileBesideTheModel();

    Path model = localize(scheme + file);

    assertThat(PipelineFiles.of(model, null))
        .contains("checkpoint.safetensors", "unet/config.json", "tokenizer/merges.txt")
        .doesNotContain("unet/diffusion_pytorch_model.safetensors");
    assertThat(model.resolve("checkpoint.safetensors")).hasSameBinaryContentAs(file);
    assertThat(localize(scheme + file)).isEqualTo(model);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "file://"})
  void aFileInTheFolderDoesNotTakeThePlaceOfTheOneBesideIt(String scheme) throws Exception {
    Path file = putSingleFileBesideTheModel();
    Files.writeString(source.resolve("checkpoint.safetensors"), "of another model");

    assertThat(localize(scheme + file).resolve("checkpoint.safetensors"))
        .hasSameBinaryContentAs(file);
  }

  @Test
  void aConfigurationThatIsRemovedIsNoLongerPartOfTheModel() throws Exception {
    Path file = putSingleFileBesideTheModel();
    Path merges = localize(file.toString()).resolve("tokenizer/merges.txt");
    assertThat(merges).isSymbolicLink();

    Files.delete(source.resolve("tokenizer/merges.txt"));
    localize(file.toString());

    assertThat(Files.isSymbolicLink(merges)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "file://"})
  void aPickledFileIsRefusedWithAdvice(String scheme) throws Exception {
    Path file = Files.writeString(folder.resolve("model.ckpt"), "pickled");

    assertThatThrownBy(() -> localize(scheme + file))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("model.ckpt: it is pickled")
        .hasMessageContaining("from_single_file");
  }

  @Test
  void aChangedSourceIsCopiedAnew() throws Exception {
    Path before = localize(uri());
    assertThat(localize(uri())).isEqualTo(before);

    Files.setLastModifiedTime(
        source.resolve("unet/config.json"), FileTime.fromMillis(1_000_000_000_000L));

    assertThat(localize(uri())).isNotEqualTo(before);
  }

  @Test
  void whatIsNotThereIsRefusedByName() throws Exception {
    assertThatThrownBy(() -> localize(uri() + "/none"))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContainingAll("Cannot read " + uri() + "/none", "does not exist");
    assertThatThrownBy(() -> localize("nofs://host/model"))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContainingAll("Cannot read nofs://host/model", "nofs");
    Files.delete(source.resolve("model_index.json"));
    assertThatThrownBy(() -> localize(uri()))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage("Cannot read " + uri() + ": there is no model_index.json");
    assertThat(localize("none")).isEqualTo(Path.of("none"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          random:tiny     | only bench has random models
          random:sd3      | only bench has random models
          C:\\models       | there is no such folder, and it is not a URI with an absolute path
          file:datasets   | there is no such folder, and it is not a URI with an absolute path
          hdfs:models/sd  | there is no such folder, and it is not a URI with an absolute path
          ' : '           | there is no such folder, and it is not a URI with an absolute path
          """)
  void namesOfNoModelAreRefused(String name, String problem) {
    assertThatThrownBy(() -> localize(name))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageStartingWith("Cannot read model %s: %s", name, problem);
  }

  @Test
  void aNameThatNoFolderCanHaveIsRefused() {
    assertThatThrownBy(() -> localize("a\0b"))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage("Cannot read model a\\u0000b: no folder has such a name");
  }

  @Test
  void aFolderMayHaveAColonInItsName() throws Exception {
    Path colon = Files.move(source, folder.resolve("a:model"));

    assertThat(localize(colon.toString())).isEqualTo(colon);
  }

  @Test
  void whatSparkDistributedIsFoundByItsName() throws Exception {
    Process tar =
        new ProcessBuilder("tar", "-czf", "../model.tar.gz", ".")
            .directory(source.toFile())
            .start();
    assertThat(tar.waitFor()).isZero();
    Path file = Checkpoints.of("tiny-sd15").writeHeader(folder.resolve("style.safetensors"));
    try (SparkSession spark =
        LocalSpark.session(
            LocalSpark.conf()
                .set("spark.files", file.toString())
                .set("spark.archives", folder.resolve("model.tar.gz") + "#model"))) {
      Path unpacked = localize("model");

      assertThat(unpacked).isNotEqualTo(Path.of("model"));
      assertThat(ModelIndex.open(unpacked).parts()).hasSize(5);
      assertThat(localize("none")).isEqualTo(Path.of("none"));
      Path single =
          ModelFolder.of("style.safetensors", folder.resolve("cache"))
              .withTokenizer("model/tokenizer")
              .localize();
      assertThat(single.resolve("checkpoint.safetensors")).hasSameBinaryContentAs(file);
      assertThat(single.resolve("tokenizer/vocab.json"))
          .hasSameBinaryContentAs(source.resolve("tokenizer/vocab.json"));
    }
  }
}
