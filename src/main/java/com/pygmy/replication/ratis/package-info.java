/**
 * The Apache Ratis adapter of the replicated log; the only importer of {@code org.apache.ratis}.
 */
package com.pygmy.replication.ratis;
