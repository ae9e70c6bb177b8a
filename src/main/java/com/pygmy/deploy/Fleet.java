package com.pygmy.deploy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Has several hosts do the same at a time. */
public final class Fleet {

  private static final int MAX_AT_ONCE = 16;

  /** What is done at one. */
  public interface Step<T> {
    T at(Host host) throws HostFailure, InterruptedException;
  }

  /**
   * Does it at each, and waits for all.
   *
   * @throws HostFailure if any failed, telling of all that did
   */
  public static <T> Map<Host, T> each(List<Host> hosts, Step<T> step)
      throws HostFailure, InterruptedException {
    Map<Host, HostFailure> failed = new LinkedHashMap<>();
    Map<Host, T> done = each(hosts, step, failed);
    if (!failed.isEmpty()) {
      int exitCode = failed.values().stream().mapToInt(HostFailure::exitCode).max().orElseThrow();
      List<String> lines = failed.values().stream().map(HostFailure::getMessage).toList();
      throw new HostFailure(exitCode, String.join("\n", lines));
    }
    return done;
  }

  /**
   * Does it at each, and waits for all.
   *
   * @param failed gets those that did not do it
   * @return the answers of the others, in their order
   */
  public static <T> Map<Host, T> each(List<Host> hosts, Step<T> step, Map<Host, HostFailure> failed)
      throws InterruptedException {
    Map<Host, T> done = new LinkedHashMap<>();
    if (hosts.isEmpty()) {
      return done;
    }
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(hosts.size(), MAX_AT_ONCE));
    try {
      List<Future<T>> answers = new ArrayList<>();
      hosts.forEach(host -> answers.add(threads.submit(() -> step.at(host))));
      for (int i = 0; i < hosts.size(); i++) {
        try {
          done.put(hosts.get(i), answers.get(i).get());
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof HostFailure failure)) {
            throw new IllegalStateException(hosts.get(i).toString(), e.getCause());
          }
          failed.put(hosts.get(i), failure);
        }
      }
      return done;
    } finally {
      threads.shutdownNow();
    }
  }

  private Fleet() {}
}
