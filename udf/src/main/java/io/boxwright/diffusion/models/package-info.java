/**
 * The networks of Stable Diffusion, named and structured as in diffusers; field names follow the
 * paths of their weights.
 */
package io.boxwright.diffusion.models;
