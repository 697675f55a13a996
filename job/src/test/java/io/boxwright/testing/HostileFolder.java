package io.boxwright.testing;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.boxwright.diffusion.schedulers.Schedulers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A copy of the tiny model's folder in which something was changed at random. */
public final class HostileFolder {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private static final String EVIL = "\\u001b[2J\\u202eevil\\n\\u0000";

  /** Values as they stand in a file, some of which no parser should take. */
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

  private static final List<String> WEIGHTS =
      List.of(
          "text_encoder/model.safetensors",
          "unet/diffusion_pytorch_model.safetensors",
          "vae/diffusion_pytorch_model.safetensors");

  private final Path folder;
  private final Random random;
  private String change = "";

  private interface Change {
    String apply() throws IOException;
  }

  private HostileFolder(Path folder, Random random) {
    this.folder = folder;
    this.random = random;
  }

  /** Makes one; the same seed makes the same. */
  public static HostileFolder create(Path folder, long seed) throws IOException {
    TinyModel.copyTo(folder).folder();
    HostileFolder hostile = new HostileFolder(folder, new Random(seed));
    hostile.mutate();
    return hostile;
  }

  /** Where it is. */
  public Path path() {
    return folder;
  }

  /** What was changed, for people. */
  @Override
  public String toString() {
    return change;
  }

  private void mutate() throws IOException {
    change = one();
    if (random.nextInt(5) == 0) {
      try {
        change += " and " + one();
      } catch (IOException | RuntimeException e) {
        change += " alone"; // the first change left nothing to change
      }
    }
  }

  private String one() throws IOException {
    List<Change> kinds =
        List.of(
            this::changeValue,
            this::changeValue,
            this::changeValue,
            this::changeValue,
            this::changeScheduler,
            this::changeText,
            this::changeHeader,
            this::changeHeader,
            this::changeHeader,
            this::changeBytes,
            this::changeTokenizer,
            this::changeTokenizer,
            this::changeKind,
            this::changeShards);
    return kinds.get(random.nextInt(kinds.size())).apply();
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private List<String> files(String pattern) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .filter(file -> file.matches(pattern))
          .sorted()
          .toList();
    }
  }

  // Values of JSON files

  private String changeValue() throws IOException {
    if (random.nextInt(8) == 0) {
      Files.writeString(
          folder.resolve("layout_guidance.json"),
          "{\"loss_scale\": 30, \"loss_threshold\": 0.2, \"max_guidance_steps\": 1,"
              + " \"max_iterations_per_step\": 2, \"heads\": \"all\", \"boxes_per_object\": 3}");
    }
    String file = pick(files(".*\\.json"));
    ObjectNode json = (ObjectNode) JSON.readTree(folder.resolve(file).toFile());
    String how = changeValue(json);
    Files.writeString(folder.resolve(file), json.toString());
    return file + ": " + how;
  }

  private String changeScheduler() throws IOException {
    Path file = folder.resolve("scheduler/scheduler_config.json");
    ObjectNode json = (ObjectNode) JSON.readTree(file.toFile());
    String name = pick(List.copyOf(Schedulers.names()));
    json.put("_class_name", name);
    json.put("use_karras_sigmas", random.nextBoolean());
    json.put("rescale_betas_zero_snr", random.nextInt(4) == 0);
    json.put("timestep_spacing", pick(List.of("linspace", "leading", "trailing")));
    json.put("prediction_type", pick(List.of("epsilon", "v_prediction", "sample")));
    List<String> keys =
        new ArrayList<>(
            List.of(
                "sigma_min",
                "sigma_max",
                "lambda_min_clipped",
                "solver_order",
                "steps_offset",
                "num_train_timesteps",
                "beta_start",
                "beta_end",
                "beta_schedule",
                "trained_betas",
                "algorithm_type",
                "final_sigmas_type",
                "interpolation_type",
                "skip_prk_steps"));
    Collections.shuffle(keys, random);
    String how = name;
    for (String key : keys.subList(0, 1 + random.nextInt(2))) {
      String value =
          random.nextBoolean()
              ? pick(VALUES)
              : pick(List.of("0.001", "0.9", "5", "14.6", "\"sde-dpmsolver++\"", "\"linear\""));
      json.putRawValue(key, new RawValue(value));
      how += ", %s = %s".formatted(key, value);
    }
    Files.writeString(file, json.toString());
    return "scheduler: " + how;
  }

  private String changeValue(ObjectNode json) {
    String key = pick(names(json));
    JsonNode old = json.get(key);
    if (old instanceof ArrayNode array && !array.isEmpty() && random.nextBoolean()) {
      int i = random.nextInt(array.size());
      String value = value(array.get(i));
      array.set(i, JsonNodeFactory.instance.rawValueNode(new RawValue(value)));
      return "%s[%d] = %s".formatted(key, i, value);
    }
    switch (random.nextInt(10)) {
      case 0 -> {
        json.remove(key);
        return "no " + key;
      }
      case 1 -> {
        json.putRawValue("again", new RawValue("0, \"%s\": %s".formatted(key, value(old))));
        return key + " twice";
      }
      case 2 -> {
        json.set(EVIL, json.remove(key));
        return "another name for " + key;
      }
      default -> {
        String value = value(old);
        json.putRawValue(key, new RawValue(value));
        return "%s = %s".formatted(key, value);
      }
    }
  }

  private static List<String> names(ContainerNode<?> json) {
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** Any value, or one near the old one. */
  private String value(JsonNode old) {
    if (old.isNumber() && random.nextInt(3) == 0) {
      double number = old.asDouble();
      double near = pick(List.of(number + 1, number - 1, number * 2, -number, number / 2));
      return near == Math.rint(near) && old.isInt() ? String.valueOf((long) near) : near + "";
    }
    return pick(VALUES);
  }

  private String changeText() throws IOException {
    String name = pick(files(".*\\.(json|txt)"));
    Path file = folder.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    switch (random.nextInt(7)) {
      case 0 -> bytes = new byte[0];
      case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(Math.max(1, bytes.length)));
      case 2 -> random.nextBytes(bytes);
      case 3 -> bytes = "{\"a\":".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
      case 4 -> bytes = ("\uFEFF" + Files.readString(file)).getBytes(StandardCharsets.UTF_8);
      case 5 ->
          bytes = (Files.readString(file) + " ".repeat(9 << 20)).getBytes(StandardCharsets.UTF_8);
      default -> flipBits(bytes, 0, bytes.length);
    }
    Files.write(file, bytes);
    return "other text in " + name;
  }

  private void flipBits(byte[] bytes, int from, int to) {
    for (int i = 1 + random.nextInt(3); i > 0 && to > from; i--) {
      bytes[from + random.nextInt(to - from)] ^= (byte) (1 << random.nextInt(8));
    }
  }

  // Weights

  private String changeHeader() throws IOException {
    String name = pick(files(".*\\.safetensors"));
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name)));
    int length = (int) all.order(ByteOrder.LITTLE_ENDIAN).getLong();
    String header = new String(all.array(), Long.BYTES, length, StandardCharsets.UTF_8);
    ObjectNode json = (ObjectNode) JSON.readTree(header);
    String how = changeHeader(json);
    byte[] changed = json.toString().getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(all.capacity() - length + changed.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(changed.length)
            .put(changed)
            .put(all.position(Long.BYTES + length));
    Files.write(folder.resolve(name), file.array());
    return name + ": " + how;
  }

  private String changeHeader(ObjectNode json) {
    List<String> names = names(json);
    names.remove("__metadata__");
    String name = pick(names);
    ObjectNode tensor = (ObjectNode) json.get(name);
    switch (random.nextInt(9)) {
      case 0 -> tensor.put("dtype", pick(List.of("BF16", "I16", "F32", "U16", "F8_E4M3", EVIL)));
      case 1 -> swapOffsets(tensor, (ObjectNode) json.get(pick(names)));
      case 2 -> tensor.withArray("shape").add(1);
      case 3 -> json.set(random.nextBoolean() ? EVIL : name + "_", json.remove(name));
      case 4 -> json.remove(name);
      case 5 -> json.putRawValue("__metadata__", new RawValue(pick(VALUES)));
      case 6 -> tensor.set("data_offsets", json.get(pick(names)).get("data_offsets"));
      case 7 -> {
        ArrayNode numbers = tensor.withArray(random.nextBoolean() ? "shape" : "data_offsets");
        int i = random.nextInt(numbers.size());
        numbers.set(i, JsonNodeFactory.instance.rawValueNode(new RawValue(value(numbers.get(i)))));
      }
      default -> {
        return changeValue(tensor) + " of " + name;
      }
    }
    return "%s is now %s".formatted(name, json.get(name));
  }

  private static void swapOffsets(ObjectNode tensor, ObjectNode other) {
    JsonNode offsets = tensor.get("data_offsets");
    tensor.set("data_offsets", other.get("data_offsets"));
    other.set("data_offsets", offsets);
  }

  private String changeBytes() throws IOException {
    String name = pick(WEIGHTS);
    Path file = folder.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    int header = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    switch (random.nextInt(6)) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(9));
      case 2 -> flipBits(bytes, 0, Long.BYTES);
      case 3 -> flipBits(bytes, Long.BYTES, Long.BYTES + header);
      case 4 -> ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(random.nextLong());
      default -> {
        byte[] noise = new byte[bytes.length - Long.BYTES - header];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, bytes, Long.BYTES + header, noise.length);
      }
    }
    Files.write(file, bytes);
    return "other bytes in " + name;
  }

  private String changeShards() throws IOException {
    Path unet = folder.resolve("unet");
    Path whole = unet.resolve("diffusion_pytorch_model.safetensors");
    String shard = "diffusion_pytorch_model-00001-of-00001.safetensors";
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(whole)).order(ByteOrder.LITTLE_ENDIAN);
    JsonNode header =
        JSON.readTree(
            new String(all.array(), Long.BYTES, (int) all.getLong(0), StandardCharsets.UTF_8));
    ObjectNode index = JSON.createObjectNode();
    ObjectNode map = index.putObject("weight_map");
    header.fieldNames().forEachRemaining(name -> map.put(name, shard));
    map.remove("__metadata__");
    Files.move(whole, unet.resolve(shard));
    String how = random.nextInt(4) == 0 ? "as they should be" : changeValue(map);
    Files.writeString(
        unet.resolve("diffusion_pytorch_model.safetensors.index.json"), index.toString());
    return "shards of unet: " + how;
  }

  // Tokenizer

  private String changeTokenizer() throws IOException {
    Path tokenizer = folder.resolve("tokenizer");
    Path vocabulary = tokenizer.resolve("vocab.json");
    ObjectNode tokens = (ObjectNode) JSON.readTree(vocabulary.toFile());
    List<String> merges = new ArrayList<>(Files.readAllLines(tokenizer.resolve("merges.txt")));
    String token = pick(names(tokens));
    String how;
    switch (random.nextInt(9)) {
      case 0 -> {
        tokens.put(token, random.nextInt(2000) - 100);
        how = "another id of " + token;
      }
      case 1 -> {
        names(tokens).forEach(name -> tokens.put(name, tokens.get(name).asInt() + 1));
        how = "ids moved";
      }
      case 2 -> {
        tokens.remove(pick(List.of(token, "<|startoftext|>", "<|endoftext|>", "a", "a</w>")));
        how = "a token less";
      }
      case 3 -> {
        merges.add(pick(List.of("qq zz", "a b c", "a", "\u0000 \u0000", EVIL + " a", "a  b")));
        how = "merge " + merges.get(merges.size() - 1);
      }
      case 4 -> {
        Collections.shuffle(merges, random);
        how = "merges in another order";
      }
      case 5 -> {
        Files.writeString(
            tokenizer.resolve("tokenizer_config.json"),
            "{\"added_tokens_decoder\": {\"%s\": {\"content\": \"%s\", \"lstrip\": %s}}}"
                .formatted(
                    pick(List.of("766", "800", "x", "-1", "764", "99999999999", "0")),
                    pick(List.of("<new>", "a", " ", "", EVIL, "<|endoftext|>", "A b")),
                    pick(List.of("true", "false", "1", "null"))));
        how = "an added token";
      }
      case 6 -> {
        Files.writeString(
            tokenizer.resolve("special_tokens_map.json"),
            "{\"%s\": %s}"
                .formatted(
                    pick(List.of("bos_token", "eos_token", "unk_token", "pad_token")),
                    pick(VALUES)));
        how = "another special token";
      }
      case 7 -> {
        Files.writeString(
            tokenizer.resolve("tokenizer.json"),
            "{\"model\": {\"vocab\": %s, \"merges\": %s}, \"added_tokens\": %s}"
                .formatted(
                    random.nextBoolean() ? tokens : pick(VALUES),
                    pick(List.of("[]", "[\"a n\"]", "[[\"a\", \"n\"]]", "[5]", "[[\"a\"]]", "{}")),
                    pick(VALUES)));
        how = "a tokenizer.json";
      }
      default -> {
        names(tokens).stream().filter(name -> name.length() < 2).forEach(tokens::remove);
        merges.clear();
        how = "no letters";
      }
    }
    Files.writeString(vocabulary, tokens.toString());
    Files.write(tokenizer.resolve("merges.txt"), merges);
    return "tokenizer: " + how;
  }

  // Kinds of files

  private String changeKind() throws IOException {
    String name =
        random.nextInt(4) == 0
            ? pick(List.of("unet", "vae", "tokenizer", "scheduler", "text_encoder"))
            : pick(files(".*"));
    Path file = folder.resolve(name);
    Path away = folder.resolve("original");
    Files.move(file, away);
    String kind;
    switch (random.nextInt(8)) {
      case 0 -> {
        run("mkfifo", file.toString());
        kind = "a pipe";
      }
      case 1 -> {
        Files.createDirectory(file);
        kind = "an empty folder";
      }
      case 2 -> {
        Files.createFile(file);
        kind = "empty";
      }
      case 3 -> {
        Files.createSymbolicLink(file, file.getFileName());
        kind = "a link to itself";
      }
      case 4 -> {
        Files.createSymbolicLink(file, Path.of("nowhere"));
        kind = "a link to nowhere";
      }
      case 5 -> {
        Files.createSymbolicLink(file, away);
        kind = "a link to what it was";
      }
      case 6 -> {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
          sparse.setLength(3_000_000_000L);
        }
        kind = "3 GB long";
      }
      default -> kind = "missing";
    }
    return name + " is " + kind;
  }

  private static void run(String... command) throws IOException {
    try {
      if (new ProcessBuilder(command).start().waitFor() != 0) {
        throw new IOException("Cannot run " + String.join(" ", command));
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
