/** The starting point of the job. */
package io.boxwright;
