/** What tests share: golden fixtures and how results are held against them. */
package io.boxwright.testing;
