/** Opens diffusers folders: which parts there are, their configuration, their weights. */
package io.boxwright.loading;
