/** The reports of the job to people: on the console, and as pictures. */
package io.boxwright.job.report;
