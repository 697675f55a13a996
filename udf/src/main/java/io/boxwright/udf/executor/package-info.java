/**
 * What an executor holds: one loaded pipeline a device, the devices themselves, and the folder that
 * the model comes from.
 */
package io.boxwright.udf.executor;
