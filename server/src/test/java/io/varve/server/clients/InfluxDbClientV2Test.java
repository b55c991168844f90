package io.varve.server.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.domain.WritePrecision;
import com.influxdb.client.write.Point;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InfluxDbClientV2Test {
  @Test
  void writesThroughTheVersionTwoDoor(@TempDir Path directory) throws Exception {
    try (LiveServer server = new LiveServer(directory)) {
      server.query("", "CREATE DATABASE metrics");
      try (InfluxDBClient client =
          InfluxDBClientFactory.create(
              server.url(), "user:password".toCharArray(), "org", "metrics/autogen")) {
        client.enableGzip();
        client
            .getWriteApiBlocking()
            .writePoints(
                List.of(
                    Point.measurement("m")
                        .addTag("t", "a")
                        .addField("v", 1.5)
                        .time(1, WritePrecision.MS),
                    Point.measurement("m")
                        .addTag("t", "a")
                        .addField("v", 2.5)
                        .time(2, WritePrecision.MS)));
        client.getWriteApiBlocking().writeRecord(WritePrecision.S, "m,t=b v=3.5 3");
        assertThat(client.ping()).isTrue();
      }
      assertThat(server.query("metrics", "SELECT v FROM m").at("/series/0/values").toString())
          .isEqualTo("[[1,1.5],[2,2.5],[3000,3.5]]");
    }
  }
}
