package io.varve.query.access;

import io.varve.query.QueryException;
import io.varve.storage.Database;
import io.varve.storage.Documents;
import io.varve.storage.Varve;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Users and what they may do, as InfluxDB has it. Thread-safe.
 *
 * <p>A user is a document of the store; a grant is a document of its database, named by the user,
 * so that dropping a database takes the grants on it along. Changes are durable when they return.
 * Errors are {@link QueryException}s with InfluxDB's words.
 */
public final class UserStore {
  private static final String USER = "user";
  private static final String GRANT = "grant";
  private static final byte GRANT_VERSION = 1;

  /** Users decoded from one state of the documents. */
  private record Decoded(
      SortedMap<String, byte[]> from, Map<String, UserRecord> users, boolean hasAdmin) {}

  private final Varve store;
  private final int iterations;

  /** What a password of nobody is compared with, so that it takes as long as any other. */
  private final PasswordHash nobody;

  private final VerifiedCredentials verified = new VerifiedCredentials();
  private volatile Decoded decoded = new Decoded(new TreeMap<>(), Map.of(), false);

  public UserStore(Varve store) {
    this(store, PasswordHash.ITERATIONS);
  }

  UserStore(Varve store, int iterations) {
    this.store = store;
    this.iterations = iterations;
    nobody =
        new PasswordHash(
            iterations, new byte[PasswordHash.SALT_BYTES], new byte[PasswordHash.HASH_BYTES]);
  }

  private Documents documents() {
    return store.documents();
  }

  private Decoded decoded() {
    SortedMap<String, byte[]> now = documents().list(USER);
    Decoded known = decoded;
    if (known.from() == now) {
      return known;
    }
    Map<String, UserRecord> users = new HashMap<>();
    boolean hasAdmin = false;
    for (Map.Entry<String, byte[]> entry : now.entrySet()) {
      UserRecord before = known.users().get(entry.getKey());
      // A record that has not changed stays the same object; so does what was verified against it.
      UserRecord user =
          before != null && known.from().get(entry.getKey()) == entry.getValue()
              ? before
              : UserRecord.decode(entry.getKey(), entry.getValue());
      users.put(entry.getKey(), user);
      hasAdmin |= user.admin();
    }
    Decoded fresh = new Decoded(now, users, hasAdmin);
    decoded = fresh;
    return fresh;
  }

  private @Nullable UserRecord find(String name) {
    return decoded().users().get(name);
  }

  private UserRecord existing(String name) {
    UserRecord user = find(name);
    if (user == null) {
      throw new QueryException("user not found");
    }
    return user;
  }

  // ---- who there is

  public boolean hasAdmin() {
    return decoded().hasAdmin();
  }

  public boolean exists(String name) {
    return find(name) != null;
  }

  public boolean isAdmin(String name) {
    UserRecord user = find(name);
    return user != null && user.admin();
  }

  /** Names of all users in order of creation. */
  public List<String> names() {
    return decoded().users().values().stream()
        .sorted(Comparator.comparingLong(UserRecord::ordinal))
        .map(UserRecord::name)
        .toList();
  }

  /**
   * Creates a user. Creating the same user again does nothing.
   *
   * @throws QueryException if there is one of that name with another password or other rights
   */
  public void create(String name, String password, boolean admin) {
    if (name.isEmpty()) {
      throw new QueryException("username required");
    }
    UserRecord before = find(name);
    if (before == null) {
      PasswordHash hash = PasswordHash.of(password, iterations);
      synchronized (this) {
        long ordinal = 1;
        for (UserRecord user : decoded().users().values()) {
          ordinal = Math.max(ordinal, user.ordinal() + 1);
        }
        UserRecord user = new UserRecord(name, ordinal, admin, hash);
        if (documents().replace(USER, name, null, user.encode())) {
          return;
        }
        before = existing(name);
      }
    }
    if (before.admin() != admin || !before.password().matches(password)) {
      throw new QueryException("user already exists");
    }
  }

  public void setPassword(String name, String password) {
    existing(name);
    PasswordHash hash = PasswordHash.of(password, iterations);
    synchronized (this) {
      UserRecord user = existing(name);
      put(new UserRecord(name, user.ordinal(), user.admin(), hash));
    }
  }

  public synchronized void setAdmin(String name, boolean admin) {
    UserRecord user = existing(name);
    put(new UserRecord(name, user.ordinal(), admin, user.password()));
  }

  private void put(UserRecord user) {
    documents().put(USER, user.name(), user.encode());
  }

  /** Removes a user; the grants first, so that none is left for a later user of that name. */
  public synchronized void drop(String name) {
    existing(name);
    for (String database : store.databaseNames()) {
      Database owner = store.database(database);
      if (owner != null) {
        owner.documents().delete(GRANT, name);
      }
    }
    documents().delete(USER, name);
  }

  // ---- what they may do

  /** Grants or revokes: from now on the user may do exactly this with the database. */
  public synchronized void setPrivilege(String name, String database, DatabasePrivilege privilege) {
    existing(name);
    Database owner = store.database(database);
    if (owner == null) {
      throw new QueryException("database not found: " + database);
    }
    owner.documents().put(GRANT, name, new byte[] {GRANT_VERSION, (byte) privilege.bits()});
  }

  /** Takes a privilege away and leaves the others. */
  public synchronized void revoke(String name, String database, DatabasePrivilege revoked) {
    existing(name);
    setPrivilege(name, database, privilege(name, database).without(revoked));
  }

  /** What was granted on a database; says nothing of admins, who may do everything. */
  DatabasePrivilege privilege(String name, String database) {
    Database owner = store.database(database);
    byte[] grant = owner == null ? null : owner.documents().get(GRANT, name);
    return grant == null ? DatabasePrivilege.NONE : DatabasePrivilege.ofBits(grant[1]);
  }

  /** What was ever granted, by database. */
  public SortedMap<String, DatabasePrivilege> privileges(String name) {
    existing(name);
    SortedMap<String, DatabasePrivilege> granted = new TreeMap<>();
    for (String database : store.databaseNames()) {
      Database owner = store.database(database);
      if (owner != null && owner.documents().get(GRANT, name) != null) {
        granted.put(database, privilege(name, database));
      }
    }
    return granted;
  }

  /** Whether a user, who need not exist, may do something with a database. */
  public boolean may(String name, DatabasePrivilege wanted, String database) {
    UserRecord user = find(name);
    return user != null
        && (user.admin()
            || wanted == DatabasePrivilege.NONE
            || privilege(name, database).includes(wanted));
  }

  /** Whether a database shows in lists: something of it may be read or written. */
  public boolean maySee(String name, String database) {
    return may(name, DatabasePrivilege.READ, database)
        || may(name, DatabasePrivilege.WRITE, database);
  }

  // ---- passwords

  /** Whether this password was verified before and still holds. Fast. */
  public boolean remembers(String name, String password) {
    UserRecord user = find(name);
    return user != null && verified.contains(name, password, user.password());
  }

  /** Whether this is the user's password. Slow, also if there is no such user. */
  public boolean verify(String name, String password) {
    UserRecord user = find(name);
    boolean matches = (user == null ? nobody : user.password()).matches(password);
    if (user == null || !matches) {
      return false;
    }
    verified.add(name, password, user.password());
    return true;
  }
}
