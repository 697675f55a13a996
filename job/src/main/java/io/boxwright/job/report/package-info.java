/** What the job tells people. */
package io.boxwright.job.report;
