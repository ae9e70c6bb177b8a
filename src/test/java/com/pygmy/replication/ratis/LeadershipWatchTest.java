package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.pygmy.replication.Leadership;
import com.pygmy.replication.Leadership.Role;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LeadershipWatchTest {

  @Test
  void whatRatisCannotTellOnceIsToldAtTheNextLook() throws Exception {
    CountDownLatch puzzles = new CountDownLatch(3);
    DivisionInfo info =
        like(
            DivisionInfo.class,
            Map.of(
                "getLifeCycleState",
                LifeCycle.State.RUNNING,
                "getCurrentRole",
                RaftPeerRole.FOLLOWER,
                "getCurrentTerm",
                7L,
                "getRoleInfoProto",
                new IllegalStateException("not now")));
    RaftServer.Division division =
        (RaftServer.Division)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {RaftServer.Division.class},
                (proxy, method, arguments) -> {
                  if (puzzles.getCount() > 0) {
                    puzzles.countDown();
                    throw new IllegalStateException("it is starting");
                  }
                  return info;
                });
    Group group = new Group(ReplicaId.parse("n1#0000000000000001"), () -> 0);
    BlockingQueue<Leadership> told = new ArrayBlockingQueue<>(10);
    try (LeadershipWatch watch =
        new LeadershipWatch(group, () -> false, "n1", System::nanoTime, cause -> fail(cause))) {
      group.joined(division);
      puzzles.await();
      watch.add(told::add);
      assertEquals(
          new Leadership(7, Role.FOLLOWER, Optional.empty(), false),
          told.poll(20, TimeUnit.SECONDS));
    }
  }

  /** Answers what is in the map, or throws it; all else is null. */
  private static <T> T like(Class<T> type, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object answer = answers.get(method.getName());
              if (answer instanceof RuntimeException failure) {
                throw failure;
              }
              return answer;
            }));
  }
}
