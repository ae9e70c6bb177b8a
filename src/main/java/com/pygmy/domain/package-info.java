/**
 * The rules of the store, pure: books, orders, commands, outcomes, and {@link
 * com.pygmy.domain.Catalog#apply}. No clock, no randomness, no I/O; only {@code java.base}.
 */
package com.pygmy.domain;
