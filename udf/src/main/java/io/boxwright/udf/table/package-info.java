/** The tables: their schemas, how a row of prompts is read and a row of images is written. */
package io.boxwright.udf.table;
