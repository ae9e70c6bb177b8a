package com.pygmy.replication;

/**
 * How this replica came to lead, in nanoseconds of its own clock, late by 20 ms, the silence of a
 * leader that hands on by 100 ms at most. The parts follow one another.
 *
 * @param term that it leads in
 * @param silenceNanos from the last word of the leader before, to standing for election: the
 *     detection of its failure; up to 100 ms when that one handed the leadership on
 * @param electionNanos from standing to having won
 * @param firstEntryNanos from having won to the first entry of the term applied: from here on it
 *     may propose and confirm
 */
public record Takeover(long term, long silenceNanos, long electionNanos, long firstEntryNanos) {}
