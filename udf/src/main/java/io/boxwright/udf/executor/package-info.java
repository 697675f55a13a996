/**
 * What an executor holds: one loaded pipeline a device and the detectors beside it, the devices
 * themselves, and the folder that the model comes from.
 */
package io.boxwright.udf.executor;
