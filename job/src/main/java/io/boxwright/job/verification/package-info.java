/** Checks of a finished image table: its bytes, its rows, and its rows against the prompts. */
package io.boxwright.job.verification;
