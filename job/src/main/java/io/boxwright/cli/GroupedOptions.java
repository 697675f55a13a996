package io.boxwright.cli;

import io.boxwright.cli.OptionGroup.Part;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Layout;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The options of a command's help, under the headings of their {@link OptionGroup}s. */
final class GroupedOptions {

  private GroupedOptions() {}

  /** Groups the options in the help of a command. */
  static void apply(CommandLine command) {
    command
        .getHelpSectionMap()
        .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, GroupedOptions::render);
  }

  /** Renders the groups and, behind them, the options without one. */
  private static String render(Help help) {
    List<OptionSpec> options = help.commandSpec().options();
    Map<Part, List<OptionSpec>> groups =
        options.stream()
            .filter(option -> !option.hidden() && part(option).isPresent())
            .collect(
                Collectors.groupingBy(
                    option -> part(option).orElseThrow(), TreeMap::new, Collectors.toList()));
    List<OptionSpec> others = options.stream().filter(option -> part(option).isEmpty()).toList();
    return Stream.concat(
            groups.entrySet().stream()
                .map(
                    group ->
                        group.getKey().heading()
                            + ":%n".formatted()
                            + list(help, group.getValue())),
            Stream.of(list(help, others)))
        .collect(Collectors.joining("%n".formatted()));
  }

  private static Optional<Part> part(OptionSpec option) {
    if (!(option.userObject() instanceof Field field)) {
      return Optional.empty(); // --help and --version
    }
    return Optional.ofNullable(field.getAnnotation(OptionGroup.class))
        .or(() -> Optional.ofNullable(field.getDeclaringClass().getAnnotation(OptionGroup.class)))
        .map(OptionGroup::value);
  }

  /** Renders some options, in columns that are as wide as those of all. */
  private static String list(Help help, List<OptionSpec> options) {
    Layout layout =
        help.createDefaultLayout(
            help.commandSpec().options(),
            help.commandSpec().positionalParameters(),
            help.colorScheme());
    layout.addOptions(options, help.parameterLabelRenderer());
    return layout.toString();
  }
}
