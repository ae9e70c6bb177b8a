package com.pygmy.replication;

/** A place in the log: an entry's term and index. */
public record Position(long term, long index) implements Comparable<Position> {

  /** Before the first entry. */
  public static final Position START = new Position(0, -1);

  @Override
  public int compareTo(Position other) {
    return index != other.index ? Long.compare(index, other.index) : Long.compare(term, other.term);
  }
}
