package com.pygmy.replication.ratis;

import com.pygmy.replication.ratis.Settings.Replica;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.ratis.thirdparty.io.grpc.Attributes;
import org.apache.ratis.thirdparty.io.grpc.EquivalentAddressGroup;
import org.apache.ratis.thirdparty.io.grpc.NameResolver;
import org.apache.ratis.thirdparty.io.grpc.NameResolverProvider;
import org.apache.ratis.thirdparty.io.grpc.NameResolverRegistry;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusOr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets Ratis's connections find a peer by its name, wherever it is at the moment. Ratis keeps one
 * address of each peer for as long as it runs; what it gets here is an address of this process's
 * own kind, {@code pygmy-…:///c2}, for which gRPC asks here whenever it dials. Once a second it is
 * looked whether one has moved, or its host's name has another address by now: then it is dialled
 * anew, which gRPC would not do as long as the old connection seems to be alive.
 *
 * <p>Names of hosts are looked up on threads of its own, which may block.
 */
final class PeerResolvers extends NameResolverProvider implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerResolvers.class);
  private static final long LOOK_MILLIS = 1_000;

  /** Below that of DNS, which other connections of this process need. */
  private static final int PRIORITY = 4;

  /** One may wait for a name server while the other answers for what needs none. */
  private static final int THREADS = 2;

  private final String scheme;
  private final Function<String, Optional<Replica>> book;
  private final HostLookup hosts;
  private final Consumer<String> moved;
  private final ExecutorService answering;

  /** Not those that answer: this one waits, too, for old connections to close. */
  private final ScheduledExecutorService looking;

  private final Set<Resolver> resolvers = ConcurrentHashMap.newKeySet();

  /** As {@link InetAddress#getAllByName}. */
  interface HostLookup {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  /**
   * @param random several logs may run in one process, each with its own book
   * @param book says where a peer is dialled
   * @param moved is told the name of a peer that has other addresses than it had; may block
   */
  PeerResolvers(
      String own,
      RandomGenerator random,
      Function<String, Optional<Replica>> book,
      HostLookup hosts,
      Consumer<String> moved) {
    this.scheme = "pygmy-" + Long.toHexString(random.nextLong());
    this.book = book;
    this.hosts = hosts;
    this.moved = moved;
    this.answering = Executors.newFixedThreadPool(THREADS, named(own + "-names"));
    this.looking = Executors.newSingleThreadScheduledExecutor(named(own + "-moves"));
  }

  private static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  void start() {
    NameResolverRegistry.getDefaultRegistry().register(this);
    var unused =
        looking.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** What Ratis is told as the address of the peer of this name. */
  String target(String name) {
    return scheme + ":///" + name;
  }

  /** Runs by itself once a second. */
  void look() {
    try {
      resolvers.stream().filter(Resolver::isLost).forEach(Resolver::refresh);
      resolvers.stream().filter(Resolver::hasMoved).map(Resolver::forget).distinct().forEach(moved);
    } catch (RuntimeException surprise) {
      LOG.error("it was not looked whether a replica has moved", surprise);
    }
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    return target.getScheme().equals(scheme) ? new Resolver(target.getPath().substring(1)) : null;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return PRIORITY;
  }

  @Override
  protected String getScheme() {
    return scheme;
  }

  @Override
  public String getDefaultScheme() {
    return scheme;
  }

  @Override
  public void close() {
    NameResolverRegistry.getDefaultRegistry().deregister(this);
    answering.shutdownNow();
    looking.shutdownNow();
  }

  /** Of one connection. */
  private final class Resolver extends NameResolver {
    private final String name;
    private volatile Listener2 listener;
    private volatile List<SocketAddress> known = List.of();

    /** It will be looked up, and has not been yet: gRPC asks with every attempt. */
    private final AtomicBoolean isDue = new AtomicBoolean();

    Resolver(String name) {
      this.name = name;
    }

    @Override
    public String getServiceAuthority() {
      return book.apply(name).map(PeerResolvers::authority).orElse(name);
    }

    @Override
    public void start(Listener2 started) {
      listener = started;
      resolvers.add(this);
      refresh();
    }

    @Override
    public void refresh() {
      if (!isDue.compareAndSet(false, true)) {
        return;
      }
      try {
        answering.execute(this::answer);
      } catch (RejectedExecutionException closed) {
        LOG.debug("{} is looked for by a connection that outlives its log", name);
      }
    }

    /** One at a time, so that the latest is told last. */
    private synchronized void answer() {
      isDue.set(false);
      Optional<Replica> at = book.apply(name);
      try {
        if (at.isEmpty()) {
          throw new UnknownHostException("nobody knows where " + name + " is");
        }
        List<SocketAddress> now = addresses(at.get());
        if (now.equals(known)) {
          return; // gRPC takes every answer for a change, and asks whenever a connection breaks
        }
        known = now;
        Attributes authority =
            Attributes.newBuilder()
                .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, authority(at.get()))
                .build();
        tell(StatusOr.fromValue(List.of(new EquivalentAddressGroup(known, authority))));
      } catch (UnknownHostException unknown) {
        if (!known.isEmpty()) {
          return; // it is where it was, as far as anybody knows
        }
        tell(StatusOr.fromStatus(Status.UNAVAILABLE.withDescription(unknown.getMessage())));
      }
    }

    private void tell(StatusOr<List<EquivalentAddressGroup>> answer) {
      listener.onResult(ResolutionResult.newBuilder().setAddressesOrError(answer).build());
    }

    /**
     * Nothing of where it was is where it is. A name that cannot be looked up at the moment has not
     * moved, nor has one of which name servers give a part in turn.
     */
    private boolean hasMoved() {
      try {
        Optional<Replica> at = book.apply(name);
        return at.isPresent()
            && !known.isEmpty()
            && Collections.disjoint(addresses(at.get()), known);
      } catch (UnknownHostException unknown) {
        return false;
      }
    }

    /** So that a move is told once: not every connection that has moved is dialled anew. */
    private String forget() {
      known = List.of();
      return name;
    }

    private boolean isLost() {
      return known.isEmpty();
    }

    @Override
    public void shutdown() {
      resolvers.remove(this);
    }
  }

  /** In an order of its own: name servers give them in turn. */
  private List<SocketAddress> addresses(Replica at) throws UnknownHostException {
    return Arrays.stream(hosts.addresses(at.host()))
        .sorted((a, b) -> a.getHostAddress().compareTo(b.getHostAddress()))
        .<SocketAddress>map(address -> new InetSocketAddress(address, at.port()))
        .toList();
  }

  private static String authority(Replica at) {
    return (at.host().contains(":") ? "[" + at.host() + "]" : at.host()) + ":" + at.port();
  }
}
