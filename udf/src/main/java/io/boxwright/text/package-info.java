/**
 * What text may hold when it leaves the program: no secrets, nothing that steers a terminal, and
 * numbers with the right forms of nouns.
 */
package io.boxwright.text;
