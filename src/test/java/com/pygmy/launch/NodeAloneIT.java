package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.pygmy.launch.NodesInThisJvm.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One node with every role, without a cluster: {@code conf/embedded.json}. */
final class NodeAloneIT {

  private static final List<String> BOOKS = List.of("1,Scarce,A,topic,500,10");

  @TempDir Path folder;

  @Test
  void servesRestartsAndLeavesNoThreadAndNoPortBehind() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    NodesInThisJvm alone = NodesInThisJvm.start(folder, 1, TestConf.NO_RESTOCK, BOOKS);
    try {
      Answer order = NodesInThisJvm.await(alone.buy(0, "all", 1, 10));
      assertEquals(201, order.status(), order::toString);
      assertSold(alone, order);
      alone.close("n1");
      assertEquals(Set.of(), TestConf.portsTaken(alone.conf().nodes().stream()));
      alone.start("n1");
      TestConf.until("it is ready again", alone::allReady);
      assertSold(alone, order);
      Answer replayed = NodesInThisJvm.await(alone.buy(0, "all", 1, 10));
      assertEquals(new Answer(201, order.body(), true), replayed);
    } finally {
      alone.close();
    }
    assertEquals(Set.of(), TestConf.portsTaken(alone.conf().nodes().stream()));
    TestConf.until(
        "its threads are gone", () -> left(before).isEmpty(), () -> left(before).toString());
  }

  private static void assertSold(NodesInThisJvm alone, Answer order) {
    assertEquals(0, alone.book(0, 1).getInteger("stock"));
    assertEquals(409, NodesInThisJvm.await(alone.buy(0, "one-more", 1, 1)).status());
    long number = order.body().getLong("number");
    assertEquals(order.body(), NodesInThisJvm.await(alone.get(0, "/orders/" + number)).body());
  }

  /** Ratis has one set of timers a process, which come and go with what they have to do. */
  private static final Pattern RATIS_TIMER = Pattern.compile("timer\\d+");

  /** Threads of the JDK itself, which it keeps for the next time, are in other groups. */
  private static Set<String> left(Set<Thread> before) {
    Set<String> names = new TreeSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      ThreadGroup group = thread.getThreadGroup();
      if (!before.contains(thread) && group != null && group.getName().equals("main")) {
        names.add(thread.getName());
      }
    }
    names.removeIf(name -> RATIS_TIMER.matcher(name).matches());
    return names;
  }
}
