package com.pygmy.domain;

import java.util.List;

/**
 * What one entry of the log did to the books: each that it changed, once.
 *
 * @param index of the entry
 */
public record EntryChanges(long index, List<BookChange> changes) {}
