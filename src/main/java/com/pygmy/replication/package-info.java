/**
 * The port of a replicated log: propose a command and learn what the log decided; get a read point
 * that is linearizable; follow who leads. Only {@code java.base}; the engine behind it is in {@link
 * com.pygmy.replication.ratis}.
 */
package com.pygmy.replication;
