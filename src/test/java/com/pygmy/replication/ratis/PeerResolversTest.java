package com.pygmy.replication.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.replication.ratis.Settings.Replica;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.apache.ratis.thirdparty.io.grpc.EquivalentAddressGroup;
import org.apache.ratis.thirdparty.io.grpc.NameResolver;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusOr;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where Ratis's connections are led, by names that mean one address today and another tomorrow. */
class PeerResolversTest {
  private static final long PATIENCE_SECONDS = 30;

  private final Map<String, Replica> book = new ConcurrentHashMap<>();
  private final Map<String, String> dns = new ConcurrentHashMap<>();
  private final List<String> moved = new ArrayList<>();
  private final AtomicInteger looked = new AtomicInteger();

  /** While there is one, a look-up waits for something in it. */
  private volatile BlockingQueue<String> gate;

  private final BlockingQueue<String> held = new LinkedBlockingQueue<>();
  private final BlockingQueue<StatusOr<List<EquivalentAddressGroup>>> told =
      new LinkedBlockingQueue<>();
  private final PeerResolvers resolvers =
      new PeerResolvers(
          "c1",
          RandomGenerator.of("L64X128MixRandom"),
          name -> Optional.ofNullable(book.get(name)),
          this::look,
          moved::add);

  private InetAddress[] look(String host) throws UnknownHostException {
    if (!dns.containsKey(host)) {
      throw new UnknownHostException(host);
    }
    awaitPermit(host);
    looked.incrementAndGet();
    List<InetAddress> addresses = new ArrayList<>();
    for (String address : dns.get(host).split(" ", -1)) {
      addresses.add(InetAddress.getByName(address));
    }
    return addresses.toArray(InetAddress[]::new);
  }

  private void awaitPermit(String host) {
    BlockingQueue<String> permits = gate;
    if (permits != null) {
      held.add(host);
      try {
        permits.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final class Connection extends NameResolver.Listener2 {
    @Override
    public void onResult(NameResolver.ResolutionResult result) {
      told.add(result.getAddressesOrError());
    }

    @Override
    public void onError(Status error) {
      throw new AssertionError(error);
    }
  }

  private NameResolver dial(String name) {
    NameResolver resolver = resolvers.newNameResolver(URI.create(resolvers.target(name)), null);
    resolver.start(new Connection());
    return resolver;
  }

  private StatusOr<List<EquivalentAddressGroup>> told() throws InterruptedException {
    return told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private InetSocketAddress toldAddress() throws InterruptedException {
    return (InetSocketAddress) told().getValue().get(0).getAddresses().get(0);
  }

  @AfterEach
  void close() {
    resolvers.close();
  }

  @Test
  void aHostThatHasAnotherAddressByNowIsDialledAnew() throws Exception {
    book.put("c2", new Replica("c2", "c2.shop", 7001));
    dns.put("c2.shop", "10.0.0.2");
    NameResolver first = dial("c2");
    assertEquals(new InetSocketAddress("10.0.0.2", 7001), toldAddress());
    assertEquals("c2.shop:7001", first.getServiceAuthority());
    resolvers.look();
    assertEquals(List.of(), moved);

    dns.put("c2.shop", "10.0.0.9");
    resolvers.look();
    assertEquals(List.of("c2"), moved);
    resolvers.look();
    assertEquals(new InetSocketAddress("10.0.0.9", 7001), toldAddress());
    resolvers.look();
    assertEquals(List.of("c2"), moved, "of a connection that Ratis may have no use for");
    first.shutdown();
    dns.put("c2.shop", "10.0.0.10");
    resolvers.look();
    assertEquals(List.of("c2"), moved, "of a connection that is closed");
    var unused = dial("c2");
    assertEquals(new InetSocketAddress("10.0.0.10", 7001), toldAddress());
  }

  @Test
  void aReplicaThatIsElsewhereInTheBookIsDialledAnew() throws Exception {
    dns.put("10.0.0.2", "10.0.0.2");
    book.put("c2", new Replica("c2", "10.0.0.2", 7001));
    var unused = dial("c2");
    assertEquals(7001, toldAddress().getPort());
    book.put("c2", new Replica("c2", "10.0.0.2", 7002));
    resolvers.look();
    assertEquals(List.of("c2"), moved);
  }

  @Test
  void aNameThatIsNotKnownYetIsLookedForAgainAndAnAddressThatGotLostIsKept() throws Exception {
    book.put("c2", new Replica("c2", "c2.shop", 7001));
    var unused = dial("c2");
    assertFalse(told().hasValue());
    dns.put("c2.shop", "10.0.0.2");
    resolvers.look();
    assertTrue(told().hasValue());
    dns.remove("c2.shop");
    resolvers.look();
    assertEquals(List.of(), moved);
  }

  @Test
  void aNameOfSeveralAddressesHasMovedWhenItHasNoneOfThemAnyMore() throws Exception {
    book.put("c2", new Replica("c2", "c2.shop", 7001));
    dns.put("c2.shop", "10.0.0.2 10.0.0.3");
    var unused = dial("c2");
    assertTrue(told().hasValue());
    dns.put("c2.shop", "10.0.0.4 10.0.0.3");
    resolvers.look();
    assertEquals(List.of(), moved);
    dns.put("c2.shop", "10.0.0.4 10.0.0.5");
    resolvers.look();
    assertEquals(List.of("c2"), moved);
  }

  @Test
  void howOftenEverOneAsksThereIsOneLookUpThatWaits() throws Exception {
    BlockingQueue<String> permits = new LinkedBlockingQueue<>();
    book.put("c2", new Replica("c2", "c2.shop", 7001));
    dns.put("c2.shop", "10.0.0.2");
    NameResolver resolver = dial("c2");
    assertTrue(told().hasValue());
    gate = permits;
    resolver.refresh(); // begins, and is held
    assertEquals("c2.shop", held.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    int before = looked.get();
    for (int i = 0; i < 100; i++) {
      resolver.refresh();
    }
    gate = null;
    for (int i = 0; i < 200; i++) {
      permits.add("go");
    }
    dns.put("c2.shop", "10.0.0.9");
    resolver.refresh();
    assertEquals(new InetSocketAddress("10.0.0.9", 7001), toldAddress());
    assertTrue(looked.get() - before <= 4, () -> looked + " look-ups, " + before + " before");
  }

  @Test
  void onlyItsOwnAddressesAreItsBusiness() {
    assertNull(resolvers.newNameResolver(URI.create("dns:///c2:7001"), null));
  }
}
