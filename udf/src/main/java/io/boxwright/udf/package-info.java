/**
 * Functions for Spark SQL, one file each, and the {@link io.boxwright.udf.FunctionCatalog} that
 * gives them their names:
 *
 * <pre>{@code
 * spark.sql.catalog.boxwright=io.boxwright.udf.FunctionCatalog
 *
 * SELECT boxwright.token_indices('shapes', 'a red circle', array('red circle'))
 * }</pre>
 *
 * <p>A catalog has three advantages over {@code spark.sql.extensions}. Its interfaces are public
 * and the same on Spark 3.5 and 4, while an extension builds expressions, which are internal and
 * differ. A query names the catalog, so a function cannot be mistaken for another one of the same
 * name. And the setting belongs to a session: {@code SET} makes it, also from a client of Spark
 * Connect, whose server only needs the jar. Extensions must be set when the server starts.
 */
package io.boxwright.udf;
