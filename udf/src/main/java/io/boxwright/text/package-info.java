/**
 * Text that leaves the program: without secrets, without characters that control a terminal, and
 * with nouns that agree with their numbers.
 */
package io.boxwright.text;
