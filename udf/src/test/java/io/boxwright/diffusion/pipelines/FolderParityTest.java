package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import io.boxwright.testing.ModelCopy;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Images of folders as people have them match diffusers: the fixtures of {@code
 * folder_fixtures.py}.
 */
class FolderParityTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
  @TempDir private Path folder;

  static Stream<String> cases() {
    return Fixtures.caseNames("golden/folders.json");
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void picturesAreThoseOfDiffusers(String name) throws IOException {
    JsonNode testCase = Fixtures.testCase("golden/folders.json", name);
    change(testCase);
    Map<String, NDArray> golden = Fixtures.tensors("golden/folders.safetensors", manager);
    GenerationOptions options =
        GenerationOptions.defaults()
            .withSize(testCase.get("height").asInt(), testCase.get("width").asInt())
            .withNumInferenceSteps(testCase.get("steps").asInt())
            .withGuidanceScale(testCase.get("guidance_scale").asDouble())
            .withScheduler(testCase.get("swap").textValue());
    GenerationRequest request =
        new GenerationRequest(
            testCase.get("prompt").asText(), testCase.get("seed").asLong(), List.of());

    PretrainedFolder.check(folder, null, options); // the driver's check lets it through
    try (StableDiffusionPipeline pipeline =
        StableDiffusionPipeline.fromPretrained(folder, PretrainedOptions.cpu())) {
      BufferedImage image =
          pipeline.generate(GenerationInputs.of(List.of(request), options)).get(0);

      assertThat(Images.largestDifference(image, golden.get(name))).isLessThanOrEqualTo(1);
    }
  }

  /** Copies the tiny Stable Diffusion 1.x folder, with the changes of a case. */
  private void change(JsonNode testCase) throws IOException {
    ModelCopy model = ModelCopy.of(Fixtures.sd1(), folder);
    for (JsonNode edit : testCase.get("edits")) {
      String file = edit.get(0).asText();
      String key = edit.get(1).asText();
      if (edit.get(2).asText().equals("absent")) {
        model.remove(file, key);
      } else {
        model.set(file, key, edit.get(2));
      }
    }
    if (testCase.get("drop").isArray()) {
      dropTensors(
          folder.resolve(testCase.get("drop").get(0).asText()),
          testCase.get("drop").get(1).asText());
    }
    if (testCase.path("add").isArray()) {
      addTensor(folder.resolve(testCase.get("add").get(0).asText()), testCase.get("add"));
    }
  }

  private static int countHeaderBytes(byte[] safetensors) {
    return (int) ByteBuffer.wrap(safetensors).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private static ObjectNode readHeader(byte[] safetensors) throws IOException {
    int end = Long.BYTES + countHeaderBytes(safetensors);
    return (ObjectNode) JSON.readTree(Arrays.copyOfRange(safetensors, Long.BYTES, end));
  }

  /** Adds a tensor of the numbers sin(0) / 10, sin(1) / 10 and so on to a safetensors file. */
  private static void addTensor(Path part, JsonNode nameAndShape) throws IOException {
    Path file = part.resolve("diffusion_pytorch_model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    int headerBytes = countHeaderBytes(bytes);
    ObjectNode header = readHeader(bytes);
    int begin = bytes.length - Long.BYTES - headerBytes;
    int numbers = 1;
    for (JsonNode size : nameAndShape.get(2)) {
      numbers *= size.asInt();
    }
    ObjectNode tensor = header.putObject(nameAndShape.get(1).asText()).put("dtype", "F32");
    tensor.set("shape", nameAndShape.get(2));
    tensor.putArray("data_offsets").add(begin).add(begin + numbers * Float.BYTES);
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer all =
        ByteBuffer.allocate(Long.BYTES + text.length + begin + numbers * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    all.putLong(text.length).put(text).put(bytes, Long.BYTES + headerBytes, begin);
    for (int i = 0; i < numbers; i++) {
      all.putFloat((float) (Math.sin(i) / 10));
    }
    Files.write(file, all.array());
  }

  /** Rewrites a safetensors file without the tensors whose names begin with a prefix. */
  private static void dropTensors(Path part, String start) throws IOException {
    Path file = part.resolve("diffusion_pytorch_model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    int headerBytes = countHeaderBytes(bytes);
    ObjectNode header = readHeader(bytes);
    ObjectNode kept = JSON.createObjectNode();
    List<byte[]> data = new ArrayList<>();
    long end = 0;
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (!entry.getKey().startsWith(start) && !entry.getKey().equals("__metadata__")) {
        ObjectNode tensor = entry.getValue().deepCopy();
        int from = Long.BYTES + headerBytes + tensor.path("data_offsets").get(0).asInt();
        int to = Long.BYTES + headerBytes + tensor.path("data_offsets").get(1).asInt();
        data.add(Arrays.copyOfRange(bytes, from, to));
        tensor.putArray("data_offsets").add(end).add(end + to - from);
        end += to - from;
        kept.set(entry.getKey(), tensor);
      }
    }
    byte[] text = kept.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer all =
        ByteBuffer.allocate(Long.BYTES + text.length + (int) end).order(ByteOrder.LITTLE_ENDIAN);
    all.putLong(text.length).put(text);
    data.forEach(all::put);
    Files.write(file, all.array());
  }
}
