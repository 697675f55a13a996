/**
 * The content of an executor: one loaded pipeline for each device and its detectors, the scorers of
 * images that exist already, the devices themselves, and the folders and files that models, and
 * what is added to them, come from.
 */
package io.boxwright.udf.executor;
