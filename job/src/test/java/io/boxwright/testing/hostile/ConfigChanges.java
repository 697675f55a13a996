package io.boxwright.testing.hostile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.boxwright.diffusion.schedulers.Schedulers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Changes of configuration files. */
final class ConfigChanges {

  private final Draw draw;
  private final JsonChanges json;

  /** Creates changes that are drawn at random. */
  ConfigChanges(Draw draw) {
    this.draw = draw;
    this.json = new JsonChanges(draw);
  }

  /** Changes a value of a JSON file. At times the folder gets a file for guidance first. */
  String changeValue() throws IOException {
    if (draw.pickNumber(8) == 0) {
      Files.writeString(
          draw.folder().resolve("layout_guidance.json"),
          "{\"loss_scale\": 30, \"loss_threshold\": 0.2, \"max_guidance_steps\": 1,"
              + " \"max_iterations_per_step\": 2, \"heads\": \"all\", \"boxes_per_object\": 3}");
    }
    String file = draw.pickFile(".*\\.json");
    ObjectNode config =
        (ObjectNode) JsonChanges.JSON.readTree(draw.folder().resolve(file).toFile());
    String how = json.changeValue(config);
    Files.writeString(draw.folder().resolve(file), config.toString());
    return file + ": " + how;
  }

  /** Sets another scheduler, with one or two odd values. */
  String changeScheduler() throws IOException {
    Path file = draw.folder().resolve("scheduler/scheduler_config.json");
    ObjectNode config = (ObjectNode) JsonChanges.JSON.readTree(file.toFile());
    String name = draw.pick(List.copyOf(Schedulers.names()));
    config.put("_class_name", name);
    config.put("use_karras_sigmas", draw.flipCoin());
    config.put("rescale_betas_zero_snr", draw.pickNumber(4) == 0);
    config.put("timestep_spacing", draw.pick(List.of("linspace", "leading", "trailing")));
    config.put("prediction_type", draw.pick(List.of("epsilon", "v_prediction", "sample")));
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
    Collections.shuffle(keys, draw.random());
    String how = name;
    for (String key : keys.subList(0, 1 + draw.pickNumber(2))) {
      String value =
          draw.flipCoin()
              ? json.pickValue()
              : draw.pick(
                  List.of("0.001", "0.9", "5", "14.6", "\"sde-dpmsolver++\"", "\"linear\""));
      config.putRawValue(key, new RawValue(value));
      how += ", %s = %s".formatted(key, value);
    }
    Files.writeString(file, config.toString());
    return "scheduler: " + how;
  }

  /** Changes the whole text of a file, or some of its bits. */
  String changeText() throws IOException {
    String name = draw.pickFile(".*\\.(json|txt)");
    Path file = draw.folder().resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    switch (draw.pickNumber(7)) {
      case 0 -> bytes = new byte[0];
      case 1 -> bytes = Arrays.copyOf(bytes, draw.pickNumber(Math.max(1, bytes.length)));
      case 2 -> draw.random().nextBytes(bytes);
      case 3 -> bytes = "{\"a\":".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
      case 4 -> bytes = ("\uFEFF" + Files.readString(file)).getBytes(StandardCharsets.UTF_8);
      case 5 ->
          bytes = (Files.readString(file) + " ".repeat(9 << 20)).getBytes(StandardCharsets.UTF_8);
      default -> draw.flipBits(bytes, 0, bytes.length);
    }
    Files.write(file, bytes);
    return "other text in " + name;
  }
}
