/** Counters that tasks add to and the driver reads. */
package io.boxwright.udf.counters;
