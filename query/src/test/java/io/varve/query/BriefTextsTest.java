package io.varve.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.varve.query.influxql.Parser;
import io.varve.query.influxql.ast.Select;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BriefTextsTest {
  private final BriefTexts texts = new BriefTexts();

  @Test
  void keepsATextFromItsSecondTimeOn() {
    String text = "SELECT last(usage_user) FROM cpu";
    Select select = parse(text);

    texts.note(text, select);
    assertThat(texts.find(text)).isNull();

    texts.note(text, select);
    assertThat(texts.find(new String(text.toCharArray()))).isSameAs(select);
    assertThat(texts.find(text + " ")).isNull();
  }

  @Test
  void keepsNoLongTexts() {
    String text = "SELECT last(usage_user) FROM cpu" + " ".repeat(BriefTexts.MAX_TEXT_CHARS);

    texts.note(text, parse(text));
    texts.note(text, parse(text));

    assertThat(texts.find(text)).isNull();
  }

  @Test
  void answersWithTheStatementOfTheTextWhoeverTookItsPlace() {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 4 * BriefTexts.PLACES; i++) {
        String text = "SELECT f FROM m WHERE time > " + i;
        Select select = parse(text);
        Select found = texts.find(text);
        assertThat(found == null || found.equals(select)).as(text).isTrue();
        texts.note(text, select);
        texts.note(text, select);
        assertThat(texts.find(text)).isEqualTo(select);
      }
    }
  }

  private static Select parse(String text) {
    return (Select) Parser.parse(text, Map.of()).get(0);
  }
}
