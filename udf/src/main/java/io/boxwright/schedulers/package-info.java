/** Samplers, one file each, named as in diffusers. */
package io.boxwright.schedulers;
