/**
 * Samplers, one file each, named as in diffusers. {@link
 * io.boxwright.diffusion.schedulers.Schedulers} makes one from a class name and a {@link
 * io.boxwright.diffusion.schedulers.SchedulerConfig}.
 */
package io.boxwright.diffusion.schedulers;
