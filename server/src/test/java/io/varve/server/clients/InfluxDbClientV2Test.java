package io.varve.server.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.domain.Bucket;
import com.influxdb.client.domain.BucketRetentionRules;
import com.influxdb.client.domain.WritePrecision;
import com.influxdb.client.write.Point;
import java.nio.file.Path;
import java.time.OffsetDateTime;
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

  @Test
  void deletesAndManagesBuckets(@TempDir Path directory) throws Exception {
    try (LiveServer server = new LiveServer(directory);
        InfluxDBClient client =
            InfluxDBClientFactory.create(
                server.url(), "user:password".toCharArray(), "org", "metrics/autogen")) {
      Bucket made =
          client
              .getBucketsApi()
              .createBucket(
                  "metrics/week", new BucketRetentionRules().everySeconds(604_800), "org");
      assertThat(made.getId()).isEqualTo("metrics/week");
      assertThat(client.getBucketsApi().findBuckets())
          .extracting(Bucket::getName)
          .containsExactly("metrics/week");
      assertThat(client.getBucketsApi().findBucketByID("metrics/week").getRetentionRules())
          .extracting(BucketRetentionRules::getEverySeconds)
          .containsExactly(604_800);
      server.query("", "CREATE DATABASE other");

      long now = System.currentTimeMillis();
      client
          .getWriteApiBlocking()
          .writeRecord(
              "metrics/week", "org", WritePrecision.MS, "m,t=a v=1 " + now + "\nm,t=b v=2 " + now);
      client
          .getDeleteApi()
          .delete(
              OffsetDateTime.parse("1970-01-01T00:00:00Z"),
              OffsetDateTime.parse("2200-01-01T00:00:00Z"),
              "_measurement=\"m\" AND t=\"a\"",
              "metrics/week",
              "org");
      assertThat(server.query("metrics", "SELECT v, t FROM m").at("/series/0/values").toString())
          .isEqualTo("[[" + now + ",2,\"b\"]]");

      client.getBucketsApi().deleteBucket(made);
      assertThat(client.getBucketsApi().findBuckets())
          .extracting(Bucket::getName)
          .containsExactly("other/autogen");
    }
  }
}
