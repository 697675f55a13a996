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
 * <p>Why a catalog and not {@code spark.sql.extensions}: its interfaces are public and the same on
 * Spark 3.5 and 4, while an extension builds expressions, which are internal and differ. A query
 * names the catalog, so a function cannot be mistaken for another one of that name. And the setting
 * is one of a session: {@code SET} makes it, also from a client of Spark Connect, whose server only
 * needs the jar. Extensions have to be there when the server starts.
 */
package io.boxwright.udf;
