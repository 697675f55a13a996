/** Threads that work beside the others. */
package io.boxwright.threads;
