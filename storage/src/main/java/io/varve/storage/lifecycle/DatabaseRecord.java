package io.varve.storage.lifecycle;

/**
 * A database as it is on disk.
 *
 * @param id 1 to 65,535, never used again after a drop
 * @param defaultPolicyId the policy of writes and queries that name none; 0 if there is no such
 * @param syncIntervalNanos how long an acknowledged write may stay off the device: 0 not at all, -1
 *     as long as the operating system likes
 */
public record DatabaseRecord(int id, String name, int defaultPolicyId, long syncIntervalNanos) {}
