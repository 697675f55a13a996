package io.boxwright.diffusion.loading;

import io.boxwright.text.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A report of what does not fit while a component takes its tensors, told in one message. */
final class LoadReport {

  private static final int MOST_NAMES = 10;

  /**
   * A limit above the number of a whole UNet's tensors. Beyond it, the weights belong to something
   * else.
   */
  private static final int MOST_PROBLEMS = 1000;

  private final String component;
  private final String place;
  private final List<String> missing = new ArrayList<>();
  private final List<String> misshaped = new ArrayList<>();
  private final List<String> mistyped = new ArrayList<>();

  /**
   * Creates an empty report.
   *
   * @param component the name for messages, such as {@code unet}
   * @param place the folder or file that the tensors come from, for messages
   */
  LoadReport(String component, String place) {
    this.component = component;
    this.place = place;
  }

  /** Returns the name of the component. */
  String component() {
    return component;
  }

  void noteMissing(String name) {
    note(missing, name);
  }

  void noteMisshaped(String name, long[] stored, long[] wanted) {
    note(
        misshaped,
        "%s has shape %s, not %s"
            .formatted(
                Printable.value(name), Printable.value(formatShape(stored)), formatShape(wanted)));
  }

  void noteMistyped(String name, SafeTensorType type) {
    note(mistyped, "%s has type %s, not F32, F16 or BF16".formatted(Printable.value(name), type));
  }

  /**
   * Notes a problem. Gives up after too many, because a configuration may ask for tensors without
   * end.
   */
  private void note(List<String> problems, String problem) {
    problems.add(problem);
    if (missing.size() + misshaped.size() + mistyped.size() > MOST_PROBLEMS) {
      finish();
    }
  }

  /** Throws if anything was noted. */
  void finish() {
    List<String> problems = new ArrayList<>();
    describe(problems, "missing tensor", missing);
    describe(problems, "mis-shaped tensor", misshaped);
    describe(problems, "mis-typed tensor", mistyped);
    if (!problems.isEmpty()) {
      throw new ModelLoadingException(
          "Cannot load %s from %s: %s. Do the weights belong to this config.json?"
              .formatted(component, place, String.join("; ", problems)));
    }
  }

  /**
   * Describes the tensors that are left over, if there are any. This is no error, because some
   * models hold more tensors than are used.
   */
  Optional<String> describeLeftOver(Collection<String> names) {
    List<String> notes = new ArrayList<>();
    describe(notes, "tensor", List.copyOf(names));
    return notes.stream().map(note -> "%s: %s not used".formatted(component, note)).findFirst();
  }

  private static void describe(List<String> problems, String kind, List<String> names) {
    if (names.size() == 1) {
      problems.add(kind + " " + Printable.value(names.get(0)));
    } else if (!names.isEmpty()) {
      problems.add(names.size() + " " + kind + "s: " + joinFirst(names));
    }
  }

  private static String joinFirst(List<String> names) {
    String first =
        names.stream().limit(MOST_NAMES).map(Printable::value).collect(Collectors.joining(", "));
    int more = names.size() - MOST_NAMES;
    return more > 0 ? first + " and " + more + " more" : first;
  }

  /** Formats a shape as Python prints it. */
  private static String formatShape(long[] shape) {
    return Arrays.stream(shape)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
