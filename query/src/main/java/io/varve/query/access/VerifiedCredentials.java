package io.varve.query.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers, for the life of the process, which passwords have been verified, so that a request
 * costs one fast hash instead of the slow one. Holds salted SHA-256, never a password; bounded, the
 * least recently used go first. Thread-safe.
 */
final class VerifiedCredentials {
  private static final int MAX_USERS = 1000;

  private record Entry(PasswordHash verifiedAgainst, byte[] digest) {}

  private final byte[] salt = new byte[32];
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  VerifiedCredentials() {
    new SecureRandom().nextBytes(salt);
  }

  /** Whether this password has been found to match this very hash. */
  synchronized boolean contains(String user, String password, PasswordHash current) {
    Entry entry = entries.get(user);
    return entry != null
        && entry.verifiedAgainst == current
        && MessageDigest.isEqual(entry.digest, digest(password));
  }

  synchronized void add(String user, String password, PasswordHash verifiedAgainst) {
    entries.put(user, new Entry(verifiedAgainst, digest(password)));
    if (entries.size() > MAX_USERS) {
      entries.remove(entries.keySet().iterator().next());
    }
  }

  private byte[] digest(String password) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt);
      return digest.digest(password.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
