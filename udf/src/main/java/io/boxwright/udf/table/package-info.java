/** Prompt tables and image tables: their schemas, and reading and writing their rows. */
package io.boxwright.udf.table;
