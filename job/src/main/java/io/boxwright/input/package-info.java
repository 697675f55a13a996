/** What the job reads, and the checks before its first task. */
package io.boxwright.input;
