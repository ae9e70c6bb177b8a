/**
 * Recorded histories of a shop, and the checker that says whether they are linearizable: whether
 * every answer can be explained by operations that took effect one at a time, each at one moment
 * between its invocation and its return.
 *
 * <p>A {@link com.pygmy.history.Recorder} notes what clients ask and are answered; {@link
 * com.pygmy.history.HistoryText} keeps it in a file; {@link com.pygmy.history.Checker} gives the
 * {@link com.pygmy.history.Verdict}. What a book may do is said by one pure function, {@link
 * com.pygmy.history.Specification#step}. Pure Java: no clock, no chance, no I/O but the text form.
 *
 * <p>Each book is checked alone, which loses nothing, because linearizability is local (Herlihy and
 * Wing, "Linearizability: a correctness condition for concurrent objects", 1990, theorem 1). That
 * an order over several books is all or nothing is therefore not checked here.
 *
 * <p>The search for an order is that of Wing and Gong ("Testing and verifying concurrent objects",
 * 1993, section 4) with both improvements of Lowe ("Testing for linearizability", 2017): it
 * remembers the configurations that it has been in (section 3.1), and it gives an operation its
 * moment only when a return demands it (just-in-time linearization, section 4). What is special to
 * books, and keeps it fast with hundreds of writes of unknown outcome, is argued in {@code Search}.
 */
package com.pygmy.history;
