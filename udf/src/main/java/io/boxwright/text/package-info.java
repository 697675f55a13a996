/** Text that comes from files and is shown to people. */
package io.boxwright.text;
