/** The actions of Boxwright in a driver: configure one, execute it, get a result. */
package io.boxwright.job.actions;
