package com.pygmy.domain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one entry of the log did to the books: each that it changed, once.
 *
 * @param index of the entry
 */
public record EntryChanges(long index, List<BookChange> changes) {

  /**
   * From the books as they were to what the commands of the entry made of them.
   *
   * @param before the shelf as the entry found it
   */
  public static EntryChanges of(long index, Shelf before, List<Effect> effects) {
    Map<BookId, Book> after = new LinkedHashMap<>();
    effects.forEach(effect -> effect.changed().forEach(book -> after.put(book.id(), book)));
    return new EntryChanges(
        index,
        after.values().stream().map(book -> BookChange.of(before.find(book.id()), book)).toList());
  }
}
