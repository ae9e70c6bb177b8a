/**
 * Clustered Vert.x: Hazelcast, the replica directory, the cluster lock; the only importer of
 * Hazelcast.
 */
package com.pygmy.cluster;
