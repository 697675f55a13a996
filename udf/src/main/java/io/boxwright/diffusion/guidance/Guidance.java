package io.boxwright.diffusion.guidance;

import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.loading.JsonConfig;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * How images are pushed towards their layouts. A value: executors receive it, a run's plan records
 * it. {@link Guidances} knows all by name.
 *
 * <p>A method is a record whose components are its options. Their names in snake case are the keys
 * of {@code layout_guidance.json} and of {@code --guidance-option}; nothing else is to be done for
 * them.
 */
public interface Guidance extends Serializable {

  /** The name of the method, which its values share. */
  String method();

  /**
   * Checks that a model can be guided.
   *
   * @param attentionHeads how many heads the attentions of each level have
   * @throws IllegalArgumentException saying what the guidance needs
   */
  default void checkModel(List<Integer> attentionHeads) {}

  /**
   * Checks that a layout can be followed.
   *
   * @param layout the objects of one image, at least one
   * @throws IllegalArgumentException saying what the guidance cannot follow
   */
  default void checkLayout(List<LayoutObject> layout) {}

  /**
   * Starts to guide a batch.
   *
   * @return a run that the caller closes
   */
  GuidanceRun start(GuidanceContext context);

  /** The options by name, with their values. */
  default Map<String, Object> options() {
    return JsonConfig.values((Record) this);
  }

  /**
   * The same with some options changed.
   *
   * @param changes values by the options' names; a null changes nothing
   * @throws IllegalArgumentException naming an option that the method does not have, or a value
   *     that it refuses
   */
  default Guidance withOptions(Map<String, ?> changes) {
    return (Guidance) JsonConfig.change((Record) this, changes);
  }

  /**
   * The same with one option changed.
   *
   * @throws IllegalArgumentException naming the option, if the method does not have it, or refuses
   *     the value
   */
  default Guidance with(String option, Object value) {
    return withOptions(Map.of(option, value));
  }
}
