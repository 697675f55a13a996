/**
 * What text may hold when it leaves the program: no secrets, and nothing that steers a terminal.
 */
package io.boxwright.text;
