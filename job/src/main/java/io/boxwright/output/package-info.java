/** What the job writes. */
package io.boxwright.output;
