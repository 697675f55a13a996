/**
 * The networks of Stable Diffusion, named and structured as in diffusers; fields echo the paths of
 * their weights.
 */
package io.boxwright.diffusion.models;
