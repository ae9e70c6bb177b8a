package com.pygmy.frontend;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How often one client may do what harms others: one for all event loops of a node. Thread-safe.
 *
 * <p>A client is the address that it connects from, and of IPv6 the network, the first 64 bits: who
 * has one of its addresses has them all. What a header says of another address is not believed.
 */
public final class ClientLimits {

  /** Remembered of each kind; about a megabyte. */
  static final int MAX_CLIENTS = 10_000;

  /** So often in a row may a token be wrong: somebody mistypes, or a script has an old one. */
  static final int WRONG_TOKENS = 10;

  /** And then once in so long. */
  static final long WRONG_TOKEN_MILLIS = 6_000;

  private static final int NETWORK_GROUPS = 4;

  private final RateLimiter wrongTokens;
  private final Optional<RateLimiter> buys;

  /**
   * @param buysPerMinute of one client, which it may also do in a row; 0: any number
   */
  public ClientLimits(int buysPerMinute, LongSupplier nanoClock) {
    this.wrongTokens =
        new RateLimiter(
            WRONG_TOKENS,
            TimeUnit.MILLISECONDS.toNanos(WRONG_TOKEN_MILLIS),
            MAX_CLIENTS,
            nanoClock);
    this.buys =
        Optional.of(buysPerMinute)
            .filter(number -> number > 0)
            .map(
                number ->
                    new RateLimiter(
                        number, TimeUnit.MINUTES.toNanos(1) / number, MAX_CLIENTS, nanoClock));
  }

  /** Or has it sent too many wrong ones? */
  boolean isTokenLookedAt(String address) {
    return wrongTokens.secondsToWait(client(address)) == 0;
  }

  /** Fails when the client has sent too many wrong tokens for another one to be looked at now. */
  void requireToken(String address) {
    refuse(
        wrongTokens.secondsToWait(client(address)),
        "too many wrong tokens came from this address, and none is looked at for a while");
  }

  void wrongToken(String address) {
    wrongTokens.take(client(address));
  }

  /** Counts a buy; fails when the client has had too many for this one. */
  void requireBuy(String address) {
    buys.ifPresent(
        limiter -> refuse(limiter.take(client(address)), "too many buys came from this address"));
  }

  private static void refuse(int seconds, String why) {
    if (seconds > 0) {
      throw new Failure.TooManyRequests(why, seconds).exception();
    }
  }

  /** {@code 2001:db8:0:0} of {@code 2001:db8:0:0:1:2:3:4}, as the JDK writes an address. */
  static String client(String address) {
    String[] groups = address.split(":", NETWORK_GROUPS + 1);
    return groups.length <= NETWORK_GROUPS
        ? address
        : address.substring(0, address.length() - groups[NETWORK_GROUPS].length() - 1);
  }
}
