package io.boxwright.udf;

import io.boxwright.diffusion.loading.ModelCache;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchFunctionException;
import org.apache.spark.sql.catalyst.analysis.NoSuchNamespaceException;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/**
 * The catalog of Boxwright's functions, which Spark makes from a setting:
 *
 * <pre>{@code
 * spark.sql.catalog.boxwright=io.boxwright.udf.FunctionCatalog
 * spark.sql.catalog.boxwright.model-cache=/scratch/boxwright
 * }</pre>
 *
 * <p>The second setting is optional: a folder on the disk of each host for copies of models from
 * elsewhere; the default is {@link ModelCache#defaultFolder}. Functions have no namespace, and
 * their names may be in any case.
 */
public final class FunctionCatalog
    implements org.apache.spark.sql.connector.catalog.FunctionCatalog {

  private String name;
  private List<UnboundFunction> functions;

  /** Makes a catalog, which Spark must {@link #initialize}. */
  public FunctionCatalog() {}

  /**
   * Makes the functions.
   *
   * @throws IllegalArgumentException if {@code model-cache} is not the path of a folder
   */
  @Override
  public void initialize(String catalogName, CaseInsensitiveStringMap options) {
    String modelCache = options.get("model-cache");
    Path cache =
        modelCache == null
            ? ModelCache.defaultFolder()
            : ModelCache.parseFolder("model-cache", modelCache);
    Tokenizers tokenizers =
        new Tokenizers(cache, SparkSession.active().sparkContext().hadoopConfiguration());
    name = catalogName;
    functions =
        List.of(
            new Tokens(tokenizers),
            new TokenIndices(tokenizers),
            new BoxIou(),
            new BoxConvert(),
            new ImageSize(),
            new OverloadedFunction(DrawBoxes.withLabels(), DrawBoxes.withoutLabels()),
            new OverloadedFunction(Adherence.ofBoxLists(), Adherence.ofBoxes()),
            new DetectObjects(new NamedDetectors(cache)));
  }

  @Override
  public String name() {
    return name;
  }

  /**
   * Lists all functions.
   *
   * @throws NoSuchNamespaceException for any namespace but the empty one
   */
  @Override
  public Identifier[] listFunctions(String[] namespace) throws NoSuchNamespaceException {
    if (namespace.length > 0) {
      throw new NoSuchNamespaceException(namespace);
    }
    return functions.stream()
        .map(function -> Identifier.of(namespace, function.name()))
        .toArray(Identifier[]::new);
  }

  /**
   * Returns a function, the same object each time, because Spark treats calls of equal functions as
   * equal.
   *
   * @throws NoSuchFunctionException if there is none of that name, or a namespace is given
   */
  @Override
  public UnboundFunction loadFunction(Identifier identifier) throws NoSuchFunctionException {
    String wanted = identifier.name().toLowerCase(Locale.ROOT);
    return functions.stream()
        .filter(function -> identifier.namespace().length == 0 && function.name().equals(wanted))
        .findFirst()
        .orElseThrow(() -> new NoSuchFunctionException(identifier));
  }
}
