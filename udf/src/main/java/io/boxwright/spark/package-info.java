/**
 * The pipeline on Spark executors: a table of prompts in, a table of images out. The only package
 * of this module that knows Spark.
 */
package io.boxwright.spark;
