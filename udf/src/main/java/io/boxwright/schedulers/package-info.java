/**
 * Samplers, one file each, named as in diffusers. {@link io.boxwright.schedulers.Schedulers} makes
 * one from a class name and a {@link io.boxwright.schedulers.SchedulerConfig}.
 */
package io.boxwright.schedulers;
