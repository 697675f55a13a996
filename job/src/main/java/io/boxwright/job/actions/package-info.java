/** What one can do with Boxwright from a driver: configure an action, execute it, get a result. */
package io.boxwright.job.actions;
