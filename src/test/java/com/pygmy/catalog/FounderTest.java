package com.pygmy.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.domain.Book.NewBook;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Line;
import com.pygmy.domain.Purchase;
import com.pygmy.replication.Position;
import com.pygmy.store.CatalogBase;
import com.pygmy.store.CatalogStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FounderTest {

  @TempDir Path folder;

  /** A store in which the keys that the founding ever used are bound by clients. */
  private Path backUp() throws Exception {
    Path backup = folder.resolve("backup.db");
    try (CatalogStore store =
        CatalogStore.open(
            folder.resolve("parent.db"),
            CatalogStore.Settings.defaults(),
            System::nanoTime,
            failure -> {
              throw new AssertionError(failure);
            })) {
      NewBook book = new NewBook(Optional.of(new BookId(1)), "A", "B", "t", 100, 5);
      store.apply(
          new Position(1, 0),
          0,
          List.of(
              new Command.FoundStore("f", "parent", List.of(book)),
              buy("restore-store", 1),
              buy("found-store", 9)));
      store.whenWritten(0).toCompletableFuture().join();
      store.exportTo(backup);
    }
    return backup;
  }

  private static Command buy(String key, int quantity) {
    return new Command.PlaceOrder(
        key, 0, new Purchase(List.of(new Line(new BookId(1), quantity)), Optional.empty()));
  }

  @Test
  void noKeyThatAClientHasChosenKeepsARestoredStoreFromBeingFounded() throws Exception {
    CatalogBase.make(backUp(), folder.resolve("catalog.db"));
    try (ReplicaOnTheBus replica = new ReplicaOnTheBus(folder, 1).untilItLeads()) {
      ReplicaOnTheBus.until(
          "it is founded",
          () -> {
            replica.found("child", List.of());
            return replica.store.catalog().storeId().isPresent();
          });
      assertEquals(Optional.of("child"), replica.store.catalog().storeId());
      assertEquals(1, replica.store.lastOrderNumber());
    }
  }
}
