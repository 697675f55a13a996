package io.boxwright.djl;

import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.guidance.Guidances;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of a model's images.
 *
 * @param options the options of all requests
 * @param guidance the guidance of requests with boxes
 */
record ImageSettings(GenerationOptions options, Guidance guidance) {

  private static final String GUIDANCE = "guidance";
  private static final String GUIDANCE_OPTION = GUIDANCE + ".";

  /**
   * Reads the settings from the arguments of a model. An option of the images has its name in
   * diffusers, such as {@code num_inference_steps}; {@code timesteps} and {@code sigmas} are
   * numbers with commas between them. {@code guidance} is the name of a method, and {@code
   * guidance.loss_scale} an option of it. Other arguments are those of DJL and of translators.
   *
   * @param folder the folder of the model, whose own guidance is the default
   * @throws IllegalArgumentException naming the option that is wrong
   */
  static ImageSettings of(Map<String, String> arguments, Path folder) {
    GenerationOptions defaults = GenerationOptions.defaults();
    Map<String, Object> images = new LinkedHashMap<>();
    Map<String, Object> guidanceOptions = new LinkedHashMap<>();
    arguments.forEach(
        (name, value) -> {
          if (name.startsWith(GUIDANCE_OPTION)) {
            String option = name.substring(GUIDANCE_OPTION.length());
            guidanceOptions.put(option, JsonConfig.parseScalar(value));
          } else if (JsonConfig.values(defaults).containsKey(name)) {
            images.put(name, parse(value));
          }
        });
    String method = arguments.get(GUIDANCE);
    Guidance guidance = method == null ? Guidances.fromPretrained(folder) : Guidances.of(method);
    return new ImageSettings(
        JsonConfig.change(defaults, images), guidance.withOptions(guidanceOptions));
  }

  /** Parses a value, or a list of values with commas between them. */
  private static Object parse(String value) {
    return value.contains(",")
        ? Arrays.stream(value.split(",", -1)).map(JsonConfig::parseScalar).toList()
        : JsonConfig.parseScalar(value);
  }
}
