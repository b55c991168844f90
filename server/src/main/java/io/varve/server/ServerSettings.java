package io.varve.server;

import io.varve.query.prometheus.PromSettings;
import io.varve.server.http.HttpOptions;

/** All that a server is started with beside its directory. */
record ServerSettings(
    StoreSettings store,
    DoorOptions doors,
    QuerySettings queries,
    PromSettings prometheus,
    AccessOptions access) {
  /** HTTP alone, open to all; everything else as by default. */
  static ServerSettings onlyHttp(HttpOptions http) {
    return new ServerSettings(
        new StoreSettings(),
        DoorOptions.onlyHttp(http),
        new QuerySettings(),
        PromSettings.defaults(),
        AccessOptions.open());
  }
}
