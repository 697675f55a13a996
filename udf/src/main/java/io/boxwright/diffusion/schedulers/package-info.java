/**
 * Samplers, one file each, named as in diffusers, and the bases and settings that they share.
 * {@link io.boxwright.diffusion.schedulers.Schedulers} makes one from a class name and a {@link
 * io.boxwright.diffusion.schedulers.SchedulerConfig}.
 */
package io.boxwright.diffusion.schedulers;
