/** Threads that work in the background. */
package io.boxwright.threads;
