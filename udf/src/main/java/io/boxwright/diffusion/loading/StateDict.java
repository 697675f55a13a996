package io.boxwright.diffusion.loading;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The weights of one component of a diffusers folder, by name, read from safetensors files or drawn
 * at random. Named after PyTorch's {@code state_dict}.
 *
 * <p>A model takes its tensors one by one, each by a path that ends in the parameter's name, and
 * calls {@link #finish} when it has them all. {@code finish} names the missing and mis-shaped
 * tensors in one message. Nothing is refused before that, unless hardly anything fits.
 *
 * <p>The tensors belong to the manager given to {@link #open}, not to the {@code ArrayScope} that
 * may be open meanwhile. On the CPU, tensors that need no conversion are parts of the mapped file:
 * reading them is cheap, and they cannot be changed in place. On a GPU tensors are copies, and no
 * part of a file stays in this process's memory.
 */
public final class StateDict {

  private static final Pattern DEPRECATED_ATTENTION =
      Pattern.compile("(.*\\.)(query|key|value|proj_attn)(\\.(?:weight|bias))");

  private static final Map<String, String> DEPRECATED_ATTENTION_PARTS =
      Map.of("query", "to_q", "key", "to_k", "value", "to_v", "proj_attn", "to_out.0");

  private final LoadReport report;
  private final TensorReader reader; // null if only headers are read, or no files
  private final RandomWeights random; // null if weights are read from files
  private final DataType dataType;
  private final Map<String, SafeTensor> tensors;
  private final Set<String> taken;
  private final String prefix;
  private final LoraFusion loras;

  private StateDict(
      LoadReport report,
      TensorReader reader,
      RandomWeights random,
      DataType dataType,
      Map<String, SafeTensor> tensors,
      Set<String> taken,
      String prefix,
      LoraFusion loras) {
    this.report = report;
    this.reader = reader;
    this.random = random;
    this.dataType = dataType;
    this.tensors = tensors;
    this.taken = taken;
    this.prefix = prefix;
    this.loras = loras;
  }

  /**
   * Opens a component's weights: {@code NAME.safetensors}, or the shards that {@code
   * NAME.safetensors.index.json} lists, or with a variant {@code NAME.VARIANT.safetensors} or the
   * shards of {@code NAME.safetensors.index.VARIANT.json}. A component that has no files of the
   * variant is read from the plain ones, as in diffusers.
   *
   * @param component the name for messages, such as {@code unet}
   * @param folder the component's folder
   * @param name the name of the files, {@code diffusion_pytorch_model} or {@code model}
   * @param variant the variant, such as {@code fp16}, or null for the plain files
   * @param manager the manager that owns the tensors and whose device holds them
   * @param dataType the type that tensors are converted to, {@code FLOAT32} or {@code FLOAT16}
   * @throws ModelLoadingException if the files are missing, damaged or pickled
   */
  public static StateDict open(
      String component,
      Path folder,
      String name,
      String variant,
      NDManager manager,
      DataType dataType) {
    requireSupported(dataType);
    WeightFiles files = new WeightFiles(component, folder, name);
    Map<String, SafeTensor> tensors = files.read(variant);
    LoadReport report = new LoadReport(component, files.describePlace(variant));
    TensorReader reader = new TensorReader(manager, dataType);
    return new StateDict(
        report, reader, null, dataType, tensors, new HashSet<>(), "", LoraFusion.none());
  }

  private static void requireSupported(DataType dataType) {
    if (dataType != DataType.FLOAT32 && dataType != DataType.FLOAT16) {
      throw new IllegalArgumentException(
          "Unsupported data type " + dataType.name() + ": use FLOAT32 or FLOAT16");
    }
  }

  /**
   * Opens a component's weights for a check, from the files' headers alone. A model built over them
   * holds no arrays and cannot run, but {@link #finish} says the same as after {@link #open}.
   *
   * @param component the name for messages, such as {@code unet}
   * @param folder the component's folder
   * @param name the name of the files, {@code diffusion_pytorch_model} or {@code model}
   * @param variant the variant, such as {@code fp16}, or null for the plain files
   * @throws ModelLoadingException if the files are missing, damaged or pickled
   */
  public static StateDict openHeaders(String component, Path folder, String name, String variant) {
    WeightFiles files = new WeightFiles(component, folder, name);
    Map<String, SafeTensor> tensors = files.read(variant);
    LoadReport report = new LoadReport(component, files.describePlace(variant));
    return new StateDict(
        report, null, null, DataType.FLOAT32, tensors, new HashSet<>(), "", LoraFusion.none());
  }

  /**
   * Makes weights that are drawn anew each time they are taken, for a model whose results do not
   * matter. A vector called {@code weight} is a norm's and all ones. Other vectors are biases and
   * zeros. Everything else comes from a normal distribution with standard deviation 0.02.
   *
   * @param component the name for messages, such as {@code unet}
   * @param folder the component's folder, for messages
   * @param manager the manager that owns the tensors and whose device holds them
   * @param dataType the type of the tensors, {@code FLOAT32} or {@code FLOAT16}
   */
  public static StateDict random(
      String component, Path folder, NDManager manager, DataType dataType) {
    requireSupported(dataType);
    LoadReport report = new LoadReport(component, folder.toString());
    RandomWeights random = new RandomWeights(manager, dataType);
    return new StateDict(
        report, null, random, dataType, Map.of(), new HashSet<>(), "", LoraFusion.none());
  }

  /** Returns the tensors below a module: {@code weights.at("mid_block").at("attentions.0")}. */
  public StateDict at(String module) {
    return new StateDict(
        report, reader, random, dataType, tensors, taken, prefix + module + ".", loras);
  }

  /**
   * Returns a dictionary without the prefix, such as {@code text_model.}, in the names that have
   * it. Call this, like the other methods that return a changed dictionary, before the first tensor
   * is taken.
   */
  public StateDict withoutPrefix(String start) {
    Map<String, SafeTensor> renamed = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> renamed.put(removePrefix(name, start), tensor));
    return withTensors(renamed);
  }

  private String removePrefix(String name, String start) {
    return name.startsWith(start) ? chooseName(name.substring(start.length()), name) : name;
  }

  /**
   * Chooses a tensor's name. A tensor that the files hold under both names keeps the old one and is
   * left over.
   */
  private String chooseName(String newName, String oldName) {
    return tensors.containsKey(newName) ? oldName : newName;
  }

  /**
   * Returns a dictionary without the named tensors, if it has them: buffers that older versions
   * saved.
   */
  public StateDict without(String... names) {
    Map<String, SafeTensor> rest = new LinkedHashMap<>(tensors);
    rest.keySet().removeAll(Set.of(names));
    return withTensors(rest);
  }

  /**
   * Returns a dictionary with the present names and matrix shapes of attention weights, which older
   * VAEs call {@code query}, {@code key}, {@code value} and {@code proj_attn} and may store as 1x1
   * convolutions.
   */
  public StateDict convertDeprecatedAttentionBlocks() {
    Map<String, SafeTensor> converted = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          Matcher deprecated = DEPRECATED_ATTENTION.matcher(name);
          if (deprecated.matches()) {
            String part = DEPRECATED_ATTENTION_PARTS.get(deprecated.group(2));
            converted.put(
                chooseName(deprecated.group(1) + part + deprecated.group(3), name),
                tensor.convolutionAsMatrix());
          } else {
            converted.put(name, tensor);
          }
        });
    return withTensors(converted);
  }

  /**
   * Returns a dictionary whose tensors have the changes of LoRAs. Call this right after the
   * dictionary was opened, because LoRAs name the tensors as the files do.
   *
   * @param changes the LoRAs, in any order
   * @throws ModelLoadingException naming a LoRA's file and the keys that are not supported or do
   *     not fit
   */
  public StateDict fuse(List<Lora> changes) {
    return new StateDict(
        report,
        reader,
        random,
        dataType,
        tensors,
        taken,
        prefix,
        LoraFusion.of(report.component(), tensors, changes));
  }

  /** Ignores the tensors below this module: {@link #finish} does not name them as left over. */
  public void leaveOut() {
    tensors.keySet().stream().filter(name -> name.startsWith(prefix)).forEach(taken::add);
  }

  private StateDict withTensors(Map<String, SafeTensor> changed) {
    return new StateDict(report, reader, random, dataType, changed, taken, prefix, loras);
  }

  /** Returns the module that these tensors are below, such as {@code mid_block.attentions.0}. */
  public String path() {
    return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
  }

  /** Returns the type of the floating-point tensors. */
  public DataType dataType() {
    return dataType;
  }

  /** Returns whether the files have a tensor of this name. */
  public boolean contains(String name) {
    return tensors.containsKey(prefix + name);
  }

  /**
   * Returns the shape of a tensor in the files, where a size of the model is only known from it.
   *
   * @return the shape; empty if there is no tensor of this name
   */
  public long[] shape(String name) {
    SafeTensor tensor = tensors.get(prefix + name);
    return tensor == null ? new long[0] : tensor.shape();
  }

  /**
   * Takes a tensor, on the manager's device and in the wanted type. A tensor that is missing, has
   * another shape or holds no floating-point numbers is noted for {@link #finish}, and null is
   * returned. Null is also returned where only headers are read.
   *
   * @throws ModelLoadingException if so much was noted that the weights cannot be the model's
   */
  public NDArray tensor(String name, long... shape) {
    String path = prefix + name;
    SafeTensor tensor = tensors.get(path);
    taken.add(path);
    if (random != null) {
      return random.draw(name, shape);
    }
    return fits(path, tensor, shape) && reader != null
        ? loras.apply(tensor, reader.read(tensor))
        : null;
  }

  private boolean fits(String path, SafeTensor tensor, long... shape) {
    if (tensor == null) {
      report.noteMissing(path);
    } else if (!Arrays.equals(tensor.shape(), shape)) {
      report.noteMisshaped(path, tensor.shape(), shape);
    } else if (!tensor.type().dataType().isFloating()) {
      report.noteMistyped(path, tensor.type());
    } else {
      return true;
    }
    return false;
  }

  /**
   * Fails if any tensor was missing, mis-shaped or mis-typed. Tensors that are left over do no
   * harm; diffusers warns of them, too. Frees the memory that reading took on the host.
   *
   * @return a sentence about the tensors that were left over, if any
   * @throws ModelLoadingException naming what is wrong
   */
  public Optional<String> finish() {
    if (reader != null) {
      reader.close();
    }
    report.finish();
    return report.describeLeftOver(
        tensors.keySet().stream().filter(name -> !taken.contains(name)).toList());
  }
}
