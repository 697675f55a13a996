/** Where the job starts. */
package io.boxwright;
