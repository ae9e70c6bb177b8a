package com.pygmy.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.pygmy.replication.Position;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a file system that is really full; only where this process may mount one. */
class DiskFullTest {
  @TempDir Path folder;

  @Test
  void aFullDiskIsFatalAndWhatWasWrittenIsThereAfterwards() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString()));
    try {
      Path file = disk.resolve("catalog.db");
      StoreUnderTest test = new StoreUnderTest(file, StoreUnderTest.SETTINGS, 1);
      IllegalStateException end =
          assertThrows(
              IllegalStateException.class,
              () -> {
                while (true) {
                  test.feed(50);
                }
              });
      assertTrue(end.getMessage().contains("has failed"), end.getMessage());
      Position written = test.store.written();
      assertTrue(written.index() > 0);
      test.store.close();
      assertEquals(1, test.fatal.size());
      Path elsewhere = folder.resolve("catalog.db");
      for (String suffix : new String[] {"", "-wal"}) {
        if (Files.exists(SqliteFile.beside(file, suffix))) {
          StoreUnderTest.copy(
              SqliteFile.beside(file, suffix), SqliteFile.beside(elsewhere, suffix));
        }
      }
      try (CatalogStore again = test.open(elsewhere)) {
        assertEquals(written, again.restored());
        // What was refused by the disk was refused with an exception: the last entry is not there.
        test.catchUpAndCompare(again);
      }
    } finally {
      assertTrue(run("umount", disk.toString()));
    }
  }

  private static boolean run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
  }
}
