package io.boxwright.diffusion.guidance;

import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.loading.JsonConfig;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * A method of pushing images towards their layouts, with its options. Executors receive it as a
 * value, and the plan of a run records it. {@link Guidances} has all methods by name.
 *
 * <p>A method is a record whose components are its options. The names of the components in snake
 * case are the keys of {@code layout_guidance.json} and of {@code --guidance-option}; the options
 * need no other code.
 */
public interface Guidance extends Serializable {

  /** Returns the name of the method, which does not depend on the options. */
  String method();

  /**
   * Checks that the method can guide a model.
   *
   * @param attentionHeads the number of heads of the attentions of each level
   * @throws IllegalArgumentException saying what the guidance needs
   */
  default void checkModel(List<Integer> attentionHeads) {}

  /**
   * Checks that the method can follow a layout.
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

  /** Returns the values of the options by their names. */
  default Map<String, Object> options() {
    return JsonConfig.values((Record) this);
  }

  /**
   * Returns the same guidance with some options changed.
   *
   * @param changes the new values by the options' names; a null changes nothing
   * @throws IllegalArgumentException naming an option that the method does not have, or a value
   *     that it refuses
   */
  default Guidance withOptions(Map<String, ?> changes) {
    return (Guidance) JsonConfig.change((Record) this, changes);
  }

  /**
   * Returns the same guidance with one option changed.
   *
   * @throws IllegalArgumentException naming the option, if the method does not have it or refuses
   *     the value
   */
  default Guidance with(String option, Object value) {
    return withOptions(Map.of(option, value));
  }
}
