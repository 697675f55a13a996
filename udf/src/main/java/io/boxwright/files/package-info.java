/**
 * Files of this host: folders that no other user can write to, native libraries, locks between
 * processes, hashes.
 */
package io.boxwright.files;
