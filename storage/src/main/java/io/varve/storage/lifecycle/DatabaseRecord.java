package io.varve.storage.lifecycle;

/**
 * A database as it is on disk.
 *
 * @param id 1 to 65,535, never used again after a drop
 * @param defaultPolicyId the policy of writes and queries that name none
 */
public record DatabaseRecord(int id, String name, int defaultPolicyId) {}
