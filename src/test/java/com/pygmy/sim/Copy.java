package com.pygmy.sim;

import com.pygmy.coherence.View;

/**
 * A copy of what a key was.
 *
 * @param asOf its stamp: it contains every entry up to this index
 * @param content what it really is: the key's value at this index, not below the stamp
 */
record Copy(Object value, long asOf, long content) {

  /** The view that the copy of a key shows. */
  View viewOf(View key) {
    return value == Truth.NO_BOOK ? new View.OfUnknownBooks() : key;
  }
}
