package io.boxwright.udf.generate;

import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.udf.executor.FoundIPAdapter;
import io.boxwright.udf.executor.FoundLora;
import io.boxwright.udf.executor.FoundTextualInversion;
import io.boxwright.udf.executor.IPAdapterSource;
import io.boxwright.udf.executor.ImageEncoderSource;
import io.boxwright.udf.executor.LoraSource;
import io.boxwright.udf.executor.ModelFolder;
import io.boxwright.udf.executor.SharedFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files that are added to a model: LoRAs, textual inversions and an IP-Adapter. They are read
 * once, so that all images of a run are held to the same content.
 */
final class ModelAdditions {

  private List<String> loras = List.of();
  private List<String> textualInversions = List.of();
  private String ipAdapter; // null: none
  private String imageEncoder; // null: the model's own
  private Found found; // null: not read yet

  /**
   * The files as they were read.
   *
   * @param ipAdapter null for none
   */
  record Found(
      List<FoundLora> loras,
      List<FoundTextualInversion> textualInversions,
      FoundIPAdapter ipAdapter) {

    /** Describes the files with their content, by the names of settings. */
    Map<String, Object> describe() {
      Map<String, Object> described = new LinkedHashMap<>();
      describe("lora", loras, FoundLora::describe, described);
      describe("textual_inversion", textualInversions, FoundTextualInversion::describe, described);
      Stream.ofNullable(ipAdapter).map(FoundIPAdapter::describe).forEach(described::putAll);
      return described;
    }

    private static <T> void describe(
        String name, List<T> files, Function<T, String> describe, Map<String, Object> described) {
      if (!files.isEmpty()) {
        described.put(name, files.stream().map(describe).collect(Collectors.joining("; ")));
      }
    }

    /** Returns options that load the files, too, for a check on this host. */
    PretrainedOptions addTo(PretrainedOptions loading) {
      PretrainedOptions added =
          loading
              .withLoras(loras.stream().map(lora -> lora.source().localize()).toList())
              .withTextualInversions(
                  textualInversions.stream().map(FoundTextualInversion::localize).toList());
      return ipAdapter == null ? added : added.withIPAdapter(ipAdapter.source().localize());
    }
  }

  void setLoras(List<String> values) {
    loras = List.copyOf(values);
    found = null;
  }

  void setTextualInversions(List<String> values) {
    textualInversions = List.copyOf(values);
    found = null;
  }

  void setIPAdapter(String value) {
    ipAdapter = value;
    found = null;
  }

  void setImageEncoder(String value) {
    imageEncoder = value;
    found = null;
  }

  /** Returns whether rows need pictures. */
  boolean needPictures() {
    return ipAdapter != null;
  }

  /**
   * Reads the files, unless they are read already.
   *
   * @param model the model, for its cache and its settings of file systems
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the file that cannot be
   *     read
   */
  Found find(ModelFolder model) {
    if (found == null) {
      Path cache = Path.of(model.cache());
      found =
          new Found(
              loras.stream()
                  .map(lora -> LoraSource.parse(lora, cache, model.hadoop()))
                  .map(FoundLora::of)
                  .toList(),
              textualInversions.stream()
                  .map(text -> FoundTextualInversion.of(text, cache, model.hadoop()))
                  .toList(),
              ipAdapter == null ? null : findIPAdapter(model, cache));
    }
    return found;
  }

  private FoundIPAdapter findIPAdapter(ModelFolder model, Path cache) {
    SharedFile file = SharedFile.of("IP-Adapter", ipAdapter, cache, model.hadoop());
    ImageEncoderSource encoder =
        imageEncoder == null
            ? null
            : new ImageEncoderSource(imageEncoder, model.cache(), model.hadoop());
    return FoundIPAdapter.of(new IPAdapterSource(file, encoder));
  }
}
