/** What the job writes. */
package io.boxwright.job.output;
