/** Model folders in which something is changed at random, one class for each kind of change. */
package io.boxwright.testing.hostile;
