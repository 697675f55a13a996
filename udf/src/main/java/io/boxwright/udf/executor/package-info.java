/**
 * The content of an executor: one loaded pipeline for each device and its detectors, the scorers of
 * images that exist already, the devices themselves, and the folders that models come from.
 */
package io.boxwright.udf.executor;
