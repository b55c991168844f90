package io.varve.query.model;

import io.varve.query.catalog.Store;
import io.varve.storage.SeriesReader;
import io.varve.storage.model.RetentionPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store whose only database {@code db} always gives the same reader. */
public record SingleReaderStore(SeriesReader reader) implements Store {
  @Override
  public List<String> databaseNames() {
    return List.of("db");
  }

  @Override
  public boolean hasDatabase(String database) {
    return database.equals("db");
  }

  @Override
  public void createDatabase(String database, RetentionPolicy defaultPolicy) {
    throw new IllegalStateException("read only");
  }

  @Override
  public void dropDatabase(String database) {
    throw new IllegalStateException("read only");
  }

  @Override
  public List<RetentionPolicy> retentionPolicies(String database) {
    return List.of(RetentionPolicy.of("autogen", 0));
  }

  @Override
  public String defaultRetentionPolicy(String database) {
    return "autogen";
  }

  @Override
  public void createRetentionPolicy(String database, RetentionPolicy policy, boolean makeDefault) {
    throw new IllegalStateException("read only");
  }

  @Override
  public SeriesReader reader(String database, @Nullable String policy) {
    return reader;
  }
}
