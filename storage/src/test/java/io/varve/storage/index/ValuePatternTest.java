package io.varve.storage.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValuePatternTest {
  @Test
  void agreesWithThePatternItself() {
    for (Pattern pattern : RandomKeys.patterns()) {
      ValuePattern fast = ValuePattern.of(pattern);
      for (String value : RandomKeys.values()) {
        assertThat(fast.matches(value.getBytes(StandardCharsets.UTF_8)))
            .as("%s on %s", pattern, value)
            .isEqualTo(pattern.matcher(value).find());
      }
    }
  }

  @Test
  void knowsTheFormsThatDashboardsSend() {
    for (String text :
        List.of(
            ".*",
            ".+",
            "^(?:.+)$",
            "^(?:a|b)$",
            "^(a|b)$",
            "^a$",
            "^web-.*",
            "^(?:web-.*)$",
            "web",
            "\\.example\\.com$",
            "^(?:(a|b))$",
            "^host_0$",
            "^(?:web-.*|db-.*)$")) {
      assertThat(ValuePattern.of(Pattern.compile(text)).isEasy()).as(text).isTrue();
    }
    for (String text :
        List.of("[ab]", "a+", "(?i)a", "\\d", "a{2}", "a?", "x.y", "(a", "\\Qa\\E")) {
      if (!text.equals("(a")) {
        assertThat(ValuePattern.of(Pattern.compile(text)).isEasy()).as(text).isFalse();
      }
    }
    assertThat(ValuePattern.of(Pattern.compile("a", Pattern.CASE_INSENSITIVE)).isEasy()).isFalse();
  }
}
