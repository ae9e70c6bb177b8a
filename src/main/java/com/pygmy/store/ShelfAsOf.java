package com.pygmy.store;

import com.pygmy.domain.Shelf;
import com.pygmy.replication.Position;

/** The books as the entry at {@code position} left them: all of it and nothing after it. */
public record ShelfAsOf(Position position, Shelf shelf) {}
