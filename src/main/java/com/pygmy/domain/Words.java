package com.pygmy.domain;

import java.util.List;
import java.util.stream.Stream;

/**
 * What books are searched for: 1 to {@link Limits#MAX_SEARCH_WORDS} words, all of which are to be
 * in a book's title or author; the last one may be but the beginning of a word.
 */
public record Words(List<String> words) {

  /** Fails with {@link IllegalArgumentException}, for people to read, when a bound is broken. */
  public Words {
    words = List.copyOf(words);
    Limits.require(!words.isEmpty(), "must contain a letter or a digit");
    Limits.require(
        words.size() <= Limits.MAX_SEARCH_WORDS,
        "must be at most " + Limits.MAX_SEARCH_WORDS + " words");
    int chars = words.stream().mapToInt(String::length).sum();
    Limits.require(
        chars <= Limits.MAX_SEARCH_CHARS
            && words.stream().allMatch(word -> Limits.isText(word, Limits.MAX_SEARCH_CHARS)),
        "must be 1 to " + Limits.MAX_SEARCH_CHARS + " printable characters");
  }

  /** The words of a text as it was typed; what has neither letter nor digit is none. */
  public static Words of(String text) {
    Limits.require(
        Limits.isText(text, Limits.MAX_SEARCH_CHARS),
        "must be 1 to " + Limits.MAX_SEARCH_CHARS + " printable characters");
    return new Words(Stream.of(text.split("[\\s\\p{Z}]+", -1)).filter(Words::isWord).toList());
  }

  private static boolean isWord(String word) {
    return word.codePoints().anyMatch(Character::isLetterOrDigit);
  }
}
