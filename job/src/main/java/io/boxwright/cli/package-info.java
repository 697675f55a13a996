/** The command line. */
package io.boxwright.cli;
