package io.varve.storage;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.varve.storage.kv.KvStore;
import io.varve.storage.model.RetentionPolicy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small named values that upper layers keep. */
class DocumentsTest {
  private static final RetentionPolicy FOREVER = RetentionPolicy.of("autogen", 0);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path directory;

  @AfterEach
  void leavesNothingOpen() {
    assertThat(KvStore.liveHandles()).isZero();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void keepsWhatWasPutOverARestart() {
    try (Varve varve = Varve.open(directory)) {
      Documents documents = varve.documents();
      documents.put("user", "zoë \"x\" \0", bytes("one"));
      documents.put("user", "a", bytes("two"));
      documents.put("user", "a", bytes("three"));
      documents.put("other", "a", new byte[0]);
      documents.put("user", "gone", bytes("x"));
      assertThat(documents.delete("user", "gone")).isTrue();
      assertThat(documents.delete("user", "gone")).isFalse();
      varve.createDatabase("d", FOREVER).documents().put("user", "a", bytes("of d"));
    }
    try (Varve varve = Varve.open(directory)) {
      assertThat(varve.documents().list("user").keySet()).containsExactly("a", "zoë \"x\" \0");
      assertThat(varve.documents().get("user", "a")).isEqualTo(bytes("three"));
      assertThat(varve.documents().get("user", "zoë \"x\" \0")).isEqualTo(bytes("one"));
      assertThat(varve.documents().get("other", "a")).isEmpty();
      Database database = requireNonNull(varve.database("d"));
      assertThat(database.documents().get("user", "a")).isEqualTo(bytes("of d"));
    }
  }

  @Test
  void putsThemIntoBackups() {
    Path backup = directory.resolve("backup");
    try (Varve varve = Varve.open(directory.resolve("store"))) {
      varve.documents().put("user", "a", bytes("kept"));
      varve.backup(backup);
      varve.documents().put("user", "a", bytes("later"));
    }
    Path restored = directory.resolve("restored");
    Varve.restore(backup, restored);
    try (Varve varve = Varve.open(restored)) {
      assertThat(varve.documents().get("user", "a")).isEqualTo(bytes("kept"));
    }
  }

  @Test
  void dropsThoseOfADatabaseWithIt() {
    try (Varve varve = Varve.open(directory)) {
      Documents old = varve.createDatabase("d", FOREVER).documents();
      old.put("query", "q", bytes("text"));
      varve.documents().put("query", "q", bytes("stays"));
      varve.dropDatabase("d");
      assertThat(varve.createDatabase("d", FOREVER).documents().list("query")).isEmpty();
      assertThatThrownBy(() -> old.put("query", "q", bytes("late")))
          .isInstanceOf(StorageException.class)
          .hasMessage("database not found: d");
    }
    try (Varve varve = Varve.open(directory)) {
      Database database = requireNonNull(varve.database("d"));
      assertThat(database.documents().list("query")).isEmpty();
      assertThat(varve.documents().get("query", "q")).isEqualTo(bytes("stays"));
    }
  }

  @Test
  void replacesOnlyWhatIsAsExpected() {
    try (Varve varve = Varve.open(directory)) {
      Documents documents = varve.documents();
      assertThat(documents.replace("k", "n", bytes("no"), bytes("1"))).isFalse();
      assertThat(documents.replace("k", "n", null, bytes("1"))).isTrue();
      assertThat(documents.replace("k", "n", null, bytes("2"))).isFalse();
      assertThat(documents.replace("k", "n", bytes("1"), bytes("2"))).isTrue();
      assertThat(documents.get("k", "n")).isEqualTo(bytes("2"));
    }
  }

  @Test
  void listsTheSameObjectUntilSomethingOfTheKindChanges() {
    try (Varve varve = Varve.open(directory)) {
      Documents documents = varve.documents();
      documents.put("k", "n", bytes("1"));
      var listed = documents.list("k");
      documents.put("other", "n", bytes("1"));
      assertThat(documents.list("k")).isSameAs(listed);
      documents.put("k", "n", bytes("2"));
      assertThat(documents.list("k")).isNotSameAs(listed);
      assertThat(listed.get("n")).isEqualTo(bytes("1"));
    }
  }

  @Test
  void refusesWhatIsTooLargeOrTooMuch() {
    try (Varve varve = Varve.open(directory)) {
      Documents documents = varve.documents();
      byte[] largest = new byte[Documents.MAX_VALUE_BYTES];
      assertThatThrownBy(() -> documents.put("k", "n", new byte[Documents.MAX_VALUE_BYTES + 1]))
          .hasMessage("a k has at most 65536 bytes, not 65537");
      assertThatThrownBy(() -> documents.put("k", "n".repeat(1025), largest))
          .hasMessage("a name of a k has 1 to 1024 bytes, not 1025");
      assertThatThrownBy(() -> documents.put("k", "", largest)).hasMessageContaining("not 0");
      int fit = Documents.MAX_TOTAL_BYTES / Documents.MAX_VALUE_BYTES - 1;
      Documents others = varve.createDatabase("d", FOREVER).documents();
      for (int i = 0; i < fit; i++) {
        (i % 2 == 0 ? documents : others).put("k", "n" + i, largest);
      }
      assertThatThrownBy(() -> documents.put("k", "last", largest))
          .isInstanceOf(StorageException.class)
          .hasMessage("a store keeps at most 16777216 bytes of documents, and they are used up");
      Arrays.fill(largest, (byte) 1);
      documents.put("k", "n0", largest);
      assertThat(others.delete("k", "n1")).isTrue();
      documents.put("k", "last", largest);
    }
  }
}
