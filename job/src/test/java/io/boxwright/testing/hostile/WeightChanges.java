package io.boxwright.testing.hostile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Changes of safetensors files. */
final class WeightChanges {

  private static final List<String> WEIGHTS =
      List.of(
          "text_encoder/model.safetensors",
          "unet/diffusion_pytorch_model.safetensors",
          "vae/diffusion_pytorch_model.safetensors");

  private final Draw draw;
  private final JsonChanges json;

  /** Creates changes that are drawn at random. */
  WeightChanges(Draw draw) {
    this.draw = draw;
    this.json = new JsonChanges(draw);
  }

  /** Changes a tensor in the header of a file. */
  String changeHeader() throws IOException {
    String name = draw.pickFile(".*\\.safetensors");
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(draw.folder().resolve(name)));
    int length = (int) all.order(ByteOrder.LITTLE_ENDIAN).getLong();
    String header = new String(all.array(), Long.BYTES, length, StandardCharsets.UTF_8);
    ObjectNode tensors = (ObjectNode) JsonChanges.JSON.readTree(header);
    String how = changeTensor(tensors);
    byte[] changed = tensors.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(all.capacity() - length + changed.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(changed.length)
            .put(changed)
            .put(all.position(Long.BYTES + length));
    Files.write(draw.folder().resolve(name), file.array());
    return name + ": " + how;
  }

  private String changeTensor(ObjectNode tensors) {
    List<String> names = JsonChanges.listNames(tensors);
    names.remove("__metadata__");
    String name = draw.pick(names);
    ObjectNode tensor = (ObjectNode) tensors.get(name);
    switch (draw.pickNumber(9)) {
      case 0 ->
          tensor.put(
              "dtype",
              draw.pick(List.of("BF16", "I16", "F32", "U16", "F8_E4M3", JsonChanges.EVIL)));
      case 1 -> swapOffsets(tensor, (ObjectNode) tensors.get(draw.pick(names)));
      case 2 -> tensor.withArray("shape").add(1);
      case 3 -> tensors.set(draw.flipCoin() ? JsonChanges.EVIL : name + "_", tensors.remove(name));
      case 4 -> tensors.remove(name);
      case 5 -> tensors.putRawValue("__metadata__", new RawValue(json.pickValue()));
      case 6 -> tensor.set("data_offsets", tensors.get(draw.pick(names)).get("data_offsets"));
      case 7 -> {
        ArrayNode numbers = tensor.withArray(draw.flipCoin() ? "shape" : "data_offsets");
        json.changeElement(numbers, draw.pickNumber(numbers.size()));
      }
      default -> {
        return json.changeValue(tensor) + " of " + name;
      }
    }
    return "%s is now %s".formatted(name, tensors.get(name));
  }

  private static void swapOffsets(ObjectNode tensor, ObjectNode other) {
    JsonNode offsets = tensor.get("data_offsets");
    tensor.set("data_offsets", other.get("data_offsets"));
    other.set("data_offsets", offsets);
  }

  /** Changes the length of a file, bits of its header, or its numbers. */
  String changeBytes() throws IOException {
    String name = draw.pick(WEIGHTS);
    Path file = draw.folder().resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    int header = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    switch (draw.pickNumber(6)) {
      case 0 -> bytes = Arrays.copyOf(bytes, draw.pickNumber(bytes.length));
      case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + draw.pickNumber(9));
      case 2 -> draw.flipBits(bytes, 0, Long.BYTES);
      case 3 -> draw.flipBits(bytes, Long.BYTES, Long.BYTES + header);
      case 4 ->
          ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(draw.random().nextLong());
      default -> {
        byte[] noise = new byte[bytes.length - Long.BYTES - header];
        draw.random().nextBytes(noise);
        System.arraycopy(noise, 0, bytes, Long.BYTES + header, noise.length);
      }
    }
    Files.write(file, bytes);
    return "other bytes in " + name;
  }

  /**
   * Turns the UNet's weights into a shard with an index. Mostly, one value of the index is changed.
   */
  String changeShards() throws IOException {
    Path unet = draw.folder().resolve("unet");
    Path whole = unet.resolve("diffusion_pytorch_model.safetensors");
    String shard = "diffusion_pytorch_model-00001-of-00001.safetensors";
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(whole)).order(ByteOrder.LITTLE_ENDIAN);
    JsonNode header =
        JsonChanges.JSON.readTree(
            new String(all.array(), Long.BYTES, (int) all.getLong(0), StandardCharsets.UTF_8));
    ObjectNode index = JsonChanges.JSON.createObjectNode();
    ObjectNode map = index.putObject("weight_map");
    header.fieldNames().forEachRemaining(name -> map.put(name, shard));
    map.remove("__metadata__");
    Files.move(whole, unet.resolve(shard));
    String how = draw.pickNumber(4) == 0 ? "as they should be" : json.changeValue(map);
    Files.writeString(
        unet.resolve("diffusion_pytorch_model.safetensors.index.json"), index.toString());
    return "shards of unet: " + how;
  }
}
