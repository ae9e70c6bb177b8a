package com.pygmy.wire;

import com.pygmy.coherence.CoherenceMessage;
import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.domain.Command;
import com.pygmy.domain.Decision;
import com.pygmy.domain.EntryChanges;
import com.pygmy.domain.Order;
import com.pygmy.domain.Origin;
import com.pygmy.domain.Outcome;
import com.pygmy.domain.Shelf.TopicCount;
import com.pygmy.domain.Words;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * What services say to each other over the event bus. Requests name what is wanted, answers what is
 * so. Every answer from a catalog replica carries {@code asOf}, an applied index that its content
 * contains. Any request may be answered {@link Unavailable}, and a read {@link Overloaded}.
 */
public sealed interface Message {

  // ---- asked of a catalog replica; the reads are linearizable

  /** Answered by {@link BooksRead}. At most 100 ids; unknown ones are left out of the answer. */
  record ReadBooks(List<BookId> ids) implements Message {}

  record BooksRead(long asOf, List<Book> books) implements Message {}

  /**
   * A page of books in the order of their ids: of a topic, of a title, or of all. Answered by
   * {@link BooksListed}.
   */
  record ListBooks(Optional<String> topic, Optional<String> title, int after, int limit)
      implements Message {}

  /** {@code more} when further books follow the last one. */
  record BooksListed(long asOf, List<Book> books, boolean more) implements Message {}

  /**
   * A page of the books that have all the words in title or author, the best first. Answered by
   * {@link BooksFound}.
   *
   * @param after the last book of the page before; 0 for the first page
   */
  record SearchBooks(Words words, int after, int limit) implements Message {}

  /**
   * What was found. The stock of these books may be older than {@code asOf}; all else is not.
   *
   * @param more when further books follow the last one
   * @param afterIsLost when the book to go on after has not the words (any more); none is given
   */
  record BooksFound(long asOf, List<Book> books, boolean more, boolean afterIsLost)
      implements Message {}

  /** Answered by {@link TopicsListed}. */
  record ListTopics() implements Message {}

  record TopicsListed(long asOf, List<TopicCount> topics) implements Message {}

  /** What the log decided for a key, sales and refusals alike. Answered by {@link OutcomeFound}. */
  record FindOutcome(String key) implements Message {}

  record OutcomeFound(long asOf, Optional<Outcome> outcome) implements Message {}

  /**
   * Sales after a number, consecutive. Answered by {@link SalesRead}.
   *
   * @param confirmed whether {@code head} must be linearizable; otherwise it is what the replica
   *     has
   */
  record ReadSales(long after, int limit, boolean confirmed) implements Message {}

  /**
   * Sales, consecutive, from the one after the number asked for.
   *
   * @param storeId absent while the store is not founded
   * @param head the last order number there is
   * @param origin of a restored store
   */
  record SalesRead(Optional<String> storeId, long head, List<Order> sales, Optional<Origin> origin)
      implements Message {

    public SalesRead(Optional<String> storeId, long head, List<Order> sales) {
      this(storeId, head, sales, Optional.empty());
    }
  }

  /**
   * What changed after an entry of the log: not linearizable, what the replica asked has applied.
   * Answered by {@link ChangesRead}.
   *
   * @param after absent: nothing is wanted but the head
   * @param limit of changes, at most {@link #MAX_CHANGES}; but entries come whole
   */
  record ReadChanges(Optional<Long> after, int limit) implements Message {}

  /**
   * What changed.
   *
   * @param head the last entry that the replica has applied, which may be one before {@code after}
   * @param kept whether what was asked for is still known; if not, {@code entries} is empty
   * @param upTo {@code entries} are all that changed a book after the entry asked for, up to this
   */
  record ChangesRead(String storeId, long head, boolean kept, long upTo, List<EntryChanges> entries)
      implements Message {}

  /** Changes in one {@link ChangesRead}, unless a single entry has more. */
  int MAX_CHANGES = 1_000;

  /** Asked of the catalog leader; at most 256 commands. Answered by {@link Submitted}. */
  record Submit(List<Command> commands) implements Message {}

  /** One answer a command, in their order. */
  record Submitted(List<Answer> answers) implements Message {}

  /**
   * Make a copy of the database that contains everything confirmed before this. It is kept until
   * {@link CloseBackup}, or until nobody has read from it for a minute. Answered by {@link
   * BackupOpened}.
   *
   * @param withinMillis for so long the answer is waited for; what takes longer is thrown away
   */
  record OpenBackup(long withinMillis) implements Message {}

  /**
   * A copy to be read.
   *
   * @param sha256 of its bytes, in hexadecimal
   */
  record BackupOpened(String backup, long length, String sha256) implements Message {}

  /**
   * {@code length} bytes of a copy, at most {@link #MAX_BACKUP_CHUNK}. Answered by {@link
   * BackupRead}.
   */
  record ReadBackup(String backup, long offset, int length) implements Message {}

  /** Exactly the bytes that were asked for. */
  record BackupRead(Buffer bytes) implements Message {}

  /** The copy is not needed any more. Answered by an empty {@link BackupRead}. */
  record CloseBackup(String backup) implements Message {}

  /** Bytes in one answer to {@link ReadBackup}. */
  int MAX_BACKUP_CHUNK = 256 * 1024;

  /** Asked of the catalog leader. Answered by {@link MembersAnswered}. */
  record AddMember(Voter newcomer) implements Message {}

  /** Asked of the catalog leader. Answered by {@link MembersAnswered}. */
  record RemoveMember(String replica) implements Message {}

  record MembersAnswered(MembersAnswer answer) implements Message {}

  // ---- asked of an order replica

  /** Answered by {@link Bought}. */
  record Buy(Command.PlaceOrder command) implements Message {}

  record Bought(Answer answer) implements Message {}

  /** Linearizable. Answered by {@link OrderFound}. */
  record FindOrder(long number) implements Message {}

  record OrderFound(Optional<Order> order) implements Message {}

  /** The orders of a customer after a number, in order. Answered by {@link OrdersListed}. */
  record ListOrders(Optional<String> customer, long after, int limit) implements Message {}

  record OrdersListed(List<Order> orders, boolean more) implements Message {}

  // ---- between the catalog leader and the frontends' caches

  /**
   * One message of the coherence protocol, told and not answered: at {@link
   * Addresses#keeper(String)} to the leader, at {@link Addresses#holder(String)} to a frontend.
   */
  record Coherence(CoherenceMessage message) implements Message {}

  // ---- published by every node

  /**
   * What a node's replicas are doing, published every {@link Addresses#HEARTBEAT_MILLIS}.
   *
   * @param incarnation of the process: differs after each start
   * @param url where its frontend listens, if it has one
   * @param holdsLock whether it holds the cluster lock
   * @param cache what its frontend's cache did since the start, if it has one
   * @param frontend what its frontend did, if it has one
   * @param leading what its catalog replica has to do as the leader, if it leads
   */
  record Heartbeat(
      String node,
      String incarnation,
      Optional<String> url,
      boolean holdsLock,
      List<ReplicaState> replicas,
      Optional<CacheState> cache,
      Optional<FrontendState> frontend,
      Optional<LeadingState> leading)
      implements Message {

    public Heartbeat(
        String node,
        String incarnation,
        Optional<String> url,
        boolean holdsLock,
        List<ReplicaState> replicas) {
      this(
          node,
          incarnation,
          url,
          holdsLock,
          replicas,
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
  }

  /**
   * A frontend's cache.
   *
   * @param leased may it serve now?
   * @param localHits reads answered from the frontend's memory
   * @param sharedHits reads answered from the cluster-shared map
   * @param misses reads of views that were not suspended, and fetched
   * @param suspendedReads reads fetched because a write was changing the view, or for want of a
   *     lease
   * @param leaseLosses leases that ran out, or ended with their term
   */
  record CacheState(
      boolean leased,
      long localHits,
      long sharedHits,
      long misses,
      long suspendedReads,
      long leaseLosses) {}

  /**
   * What the frontend of a node answered since its start.
   *
   * @param reads of books, topics and orders
   * @param buys that were sold, or had been
   * @param refusals buys that were refused, or not understood
   * @param problems answers that say that something is wrong here (5xx)
   * @param inFlight requests that are being answered now
   * @param readLatency of reads, over the last seconds
   * @param buyLatency of buys, sold or not, over the last seconds
   */
  record FrontendState(
      long reads,
      long buys,
      long refusals,
      long problems,
      long inFlight,
      Latency readLatency,
      Latency buyLatency) {}

  /** Half of all, and 99 of 100, took no longer; 0 when there were none. */
  record Latency(long p50Micros, long p99Micros) {}

  /**
   * What a leader has to do.
   *
   * @param holders frontends that hold a lease, or may
   * @param openWrites requests to change something that wait for caches, or for the log
   */
  record LeadingState(int holders, int openWrites) {}

  /**
   * One replica, as its node sees it.
   *
   * @param term of the catalog's log; 0 for other services
   * @param appliedIndex the log index it has applied, or the last order number that it has
   * @param detail why it is not ready, or what it is doing; may be empty
   */
  record ReplicaState(
      String replica,
      Service service,
      Role role,
      long term,
      long appliedIndex,
      boolean ready,
      Optional<String> storeId,
      String detail) {

    /** The same, but for this not ready. */
    public ReplicaState notReady(String why) {
      return new ReplicaState(replica, service, role, term, appliedIndex, false, storeId, why);
    }
  }

  enum Service {
    CATALOG,
    ORDER,
    FRONTEND
  }

  enum Role {
    LEADER,
    FOLLOWER,
    LEARNER,
    SERVING
  }

  /** A node stops in order: forget it. Published at {@link Addresses#HEARTBEAT}. */
  record Goodbye(String node, String incarnation) implements Message {}

  /** The latest sale that the leader applied: tails need not wait for their next poll. */
  record SalesHint(long head) implements Message {}

  /** A catalog replica with a vote, or to get one, and where the others reach its log. */
  record Voter(String replica, String host, int raftPort) {}

  /** What became of a change of the catalog's voters. */
  sealed interface MembersAnswer {
    record Changed(List<Voter> voters) implements MembersAnswer {}

    /** The newcomer catches up, or the log decides. */
    record UnderWay(List<Voter> voters) implements MembersAnswer {}

    record NoSuchMember() implements MembersAnswer {}

    /** Nothing was changed, and asking again would change nothing. */
    record Refused(String why) implements MembersAnswer {}

    /** The replica asked does not lead: nothing was changed. */
    record NotLeader(Optional<String> leader) implements MembersAnswer {}

    /** Nothing was changed yet. */
    record Unavailable(String why) implements MembersAnswer {}

    /** It may or may not come to be. Ask again. */
    record Unknown(String why) implements MembersAnswer {}
  }

  // ---- any request

  /** This replica cannot answer now. Nothing was changed by the request. */
  record Unavailable(String why) implements Message {}

  /**
   * This replica has more to do than it can: the read was dropped, and may be asked of one other,
   * which may have less to do, but not of all. A node of a version that does not know it reads
   * {@link Unavailable}.
   */
  record Overloaded(String why) implements Message {}

  /** What became of a command. */
  sealed interface Answer {
    /** The log decided, in the entry at {@code index}. */
    record Decided(long index, Decision decision) implements Answer {}

    /** The replica asked does not lead: the command was not proposed. */
    record NotLeader(Optional<String> leader) implements Answer {}

    /** Not decided, and this attempt never will be. */
    record NotDecided() implements Answer {}

    /** Refused before it was proposed. */
    record Overloaded() implements Answer {}

    /** Not proposed: no leader can be reached. */
    record Unavailable(String why) implements Answer {}

    /** It may or may not be decided. Ask again with the same key. */
    record Unknown(String why) implements Answer {}
  }
}
