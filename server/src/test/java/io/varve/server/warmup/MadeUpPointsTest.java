package io.varve.server.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MadeUpPointsTest {
  private static final long FIRST = 1_700_000_000_000_000_000L;

  private static List<String> lines(MadeUpPoints points) {
    return new String(points.body(), StandardCharsets.US_ASCII).lines().toList();
  }

  @Test
  void movesPointsInTime() {
    MadeUpPoints points = MadeUpPoints.metrics();
    points.moveTo(FIRST, 7);
    assertThat(lines(points)).hasSize(800 * points.rowCount());
    assertThat(lines(points).get(0)).endsWith(" value=1000000 1700000000000000000");
    assertThat(lines(points).get(800)).endsWith(" value=1000017 1700000000000000007");

    points.moveTo(FIRST + 1_000, 7);
    assertThat(lines(points).get(800)).endsWith(" value=1000017 1700000000000001007");
  }

  @Test
  void movesEachSecondInstanceToSeriesThatAreNew() {
    MadeUpPoints points = MadeUpPoints.metrics();
    points.moveTo(FIRST, 7);
    assertThat(lines(points).get(0)).startsWith("metric_0,instance=i0:9100,job=node,mode=m0 ");
    assertThat(lines(points).get(80)).startsWith("container_0,instance=i14001:9100,");
    assertThat(lines(points).get(880)).startsWith("container_0,instance=i14001:9100,");

    points.moveTo(FIRST, 7);
    assertThat(lines(points).get(0)).startsWith("metric_0,instance=i0:9100,job=node,mode=m0 ");
    assertThat(lines(points).get(80)).startsWith("container_0,instance=i14011:9100,");
  }

  @Test
  void movesApplicationsToSeriesThatAreNew() {
    MadeUpPoints points = MadeUpPoints.application();
    points.moveTo(FIRST, 7);
    assertThat(lines(points).get(19)).startsWith("requests,path=/a\\ b/4019,status=200 ");

    points.moveTo(FIRST, 7);
    assertThat(lines(points).get(0)).startsWith("requests,path=/a\\ b/4020,status=200 ");
  }

  @Test
  void comesBackToTheFirstSeries() {
    MadeUpPoints points = MadeUpPoints.application();
    for (int body = 0; body <= 200; body++) {
      points.moveTo(FIRST, 7);
    }
    assertThat(lines(points).get(0)).startsWith("requests,path=/a\\ b/4000,status=200 ");
  }
}
