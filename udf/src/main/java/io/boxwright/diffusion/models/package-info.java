/**
 * The networks of Stable Diffusion, named and structured as in diffusers; field names follow the
 * paths of their weights. {@link io.boxwright.diffusion.models.GraphedDenoiser} replays the passes
 * of a network as CUDA graphs.
 */
package io.boxwright.diffusion.models;
