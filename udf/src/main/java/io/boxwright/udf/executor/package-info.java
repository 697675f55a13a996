/**
 * The content of an executor: one loaded pipeline for each device and its detectors, the devices
 * themselves, and the folder that the model comes from.
 */
package io.boxwright.udf.executor;
