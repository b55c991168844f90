package io.varve.bench.tsbs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The ten tags of a host, in TSBS's order. */
final class HostTags {
  private static final List<List<String>> REGIONS =
      List.of(
          List.of("us-east-1", "a", "b", "c", "e"),
          List.of("us-west-1", "a", "b"),
          List.of("us-west-2", "a", "b", "c"),
          List.of("eu-west-1", "a", "b", "c"),
          List.of("eu-central-1", "a", "b"),
          List.of("ap-southeast-1", "a", "b"),
          List.of("ap-southeast-2", "a", "b"),
          List.of("ap-northeast-1", "a", "c"),
          List.of("sa-east-1", "a", "b", "c"));

  private HostTags() {}

  static Map<String, String> of(int host, SplittableRandom random) {
    List<String> region = REGIONS.get(random.nextInt(REGIONS.size()));
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("hostname", Question.hostName(host));
    tags.put("region", region.get(0));
    tags.put("datacenter", region.get(0) + region.get(1 + random.nextInt(region.size() - 1)));
    tags.put("rack", String.valueOf(random.nextInt(100)));
    tags.put("os", pick(random, "Ubuntu16.10", "Ubuntu16.04LTS", "Ubuntu15.10"));
    tags.put("arch", pick(random, "x64", "x86"));
    tags.put("team", pick(random, "SF", "NYC", "LON", "CHI"));
    tags.put("service", String.valueOf(random.nextInt(20)));
    tags.put("service_version", String.valueOf(random.nextInt(2)));
    tags.put("service_environment", pick(random, "production", "staging", "test"));
    return tags;
  }

  private static String pick(SplittableRandom random, String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
