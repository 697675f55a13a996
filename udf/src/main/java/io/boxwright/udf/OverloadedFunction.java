package io.boxwright.udf;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.connector.catalog.functions.BoundFunction;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.types.StructType;

/** A function that takes one of several lists of parameters. */
final class OverloadedFunction implements UnboundFunction {

  private static final long serialVersionUID = 1;

  private final List<SqlFunction<?>> forms;

  /**
   * Makes a function.
   *
   * @param forms functions of one name, each with its own parameters; at least one
   */
  OverloadedFunction(SqlFunction<?>... forms) {
    this.forms = List.of(forms);
  }

  @Override
  public String name() {
    return forms.get(0).name();
  }

  @Override
  public String description() {
    return forms.stream().map(SqlFunction::description).collect(Collectors.joining("\n"));
  }

  /**
   * Returns the first form that a call's arguments fit.
   *
   * @throws UnsupportedOperationException with the parameters of all forms and their purpose; Spark
   *     adds the name and the arguments
   */
  @Override
  public BoundFunction bind(StructType arguments) {
    return forms.stream()
        .filter(form -> form.takes(arguments))
        .findFirst()
        .orElseThrow(
            () ->
                new UnsupportedOperationException(
                    forms.stream()
                        .map(SqlFunction::describeParameters)
                        .collect(
                            Collectors.joining(
                                " or ", "it takes ", ". " + forms.get(0).purpose()))));
  }
}
