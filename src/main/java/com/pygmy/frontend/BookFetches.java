package com.pygmy.frontend;

import com.pygmy.cluster.SharedCopies;
import com.pygmy.coherence.ViewLease.Verdict;
import com.pygmy.domain.Book;
import com.pygmy.domain.BookId;
import com.pygmy.wire.Message;
import com.pygmy.wire.json.BookJson;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Reads books from a catalog replica, linearizably. Reads of the same share a fetch, and reads of
 * single books are gathered; such a fetch bears the id of the request that asked first. What is
 * fetched becomes a copy. Belongs to one event loop.
 */
final class BookFetches {

  /**
   * Requests for gathered books at once, at most: one, unless it is slow. With four at any time
   * they gather little, and each costs a round that confirms who leads (docs/performance.md).
   */
  static final int MAX_GATHERED = 4;

  /** Books in one request. */
  static final int MAX_BOOKS = 100;

  /** Requests for pages and lists at once, at most, of each kind. */
  static final int MAX_LISTS = 32;

  private final CatalogClient catalog;
  private final CatalogNews news;
  private final String session;
  private final Optional<LeaseHolder> holder;
  private final Optional<SharedCopies> shared;
  private final CoalescedReads<BookId, Optional<Representation>> books;
  private final CoalescedReads<Message.ListBooks, Representation> pages;
  private final CoalescedReads<Message.ReadBooks, Buffer> lists;
  private final CoalescedReads<Message.SearchBooks, Optional<Representation>> searches;
  private final CoalescedReads<Message.ListTopics, Buffer> topics;

  /**
   * @param session stands for all the clients that may share a fetch
   * @param patienceMillis of a read
   */
  BookFetches(
      CatalogClient catalog,
      CatalogNews news,
      String session,
      Optional<LeaseHolder> holder,
      Optional<SharedCopies> shared,
      long patienceMillis,
      LongSupplier nanoClock) {
    this.catalog = catalog;
    this.news = news;
    this.session = session;
    this.holder = holder;
    this.shared = shared;
    this.books =
        new CoalescedReads<>(MAX_GATHERED, MAX_BOOKS, patienceMillis, this::fetchBooks, nanoClock);
    this.pages =
        new CoalescedReads<>(MAX_LISTS, 1, patienceMillis, one(this::fetchPage), nanoClock);
    this.lists =
        new CoalescedReads<>(MAX_LISTS, 1, patienceMillis, one(this::fetchList), nanoClock);
    this.searches =
        new CoalescedReads<>(MAX_LISTS, 1, patienceMillis, one(this::fetchSearch), nanoClock);
    this.topics = new CoalescedReads<>(1, 1, patienceMillis, one(this::fetchTopics), nanoClock);
  }

  /** One book; empty when there is none. */
  Future<Optional<Representation>> book(BookId id, String requestId) {
    return books.read(id, requestId);
  }

  /** A page of a topic, of a title, or of all books. */
  Future<Representation> page(Message.ListBooks page, String requestId) {
    return pages.read(page, requestId);
  }

  /** Those of these books that there are, as JSON. */
  Future<Buffer> books(List<BookId> ids, String requestId) {
    return lists.read(new Message.ReadBooks(ids), requestId);
  }

  /** A page of what was found; empty when there is nothing to go on after. */
  Future<Optional<Representation>> search(Message.SearchBooks search, String requestId) {
    return searches.read(search, requestId);
  }

  /** The topics, as JSON. */
  Future<Buffer> topics(String requestId) {
    return topics.read(new Message.ListTopics(), requestId);
  }

  /** To be called every {@link CoalescedReads#EXPIRE_MILLIS}. */
  void expire() {
    books.expire();
    pages.expire();
    lists.expire();
    searches.expire();
    topics.expire();
  }

  private Future<Function<BookId, Optional<Representation>>> fetchBooks(
      List<BookId> ids, String requestId) {
    return read(ids, requestId).map(copies -> id -> copies.get(id).content());
  }

  private Future<Buffer> fetchList(Message.ReadBooks list, String requestId) {
    return read(list.ids(), requestId)
        .map(copies -> BookViews.joined(list.ids().stream().map(copies::get).toList()));
  }

  private Future<Map<BookId, Copy>> read(List<BookId> ids, String requestId) {
    Landing landing = new Landing(leased());
    return catalog
        .read(new Message.ReadBooks(ids), Message.BooksRead.class, session, requestId)
        .map(
            answer -> {
              Map<BookId, Copy> copies = new HashMap<>();
              ids.forEach(id -> copies.put(id, Copy.ofNoBook(answer.asOf())));
              for (Book book : answer.books()) {
                Copy copy = Copy.of(answer.asOf(), book, landing.storeTag());
                copies.put(book.id(), copy);
                landing.share(
                    copy,
                    new Message.ReadBooks(List.of(book.id())),
                    () -> new Message.BooksRead(answer.asOf(), List.of(book)));
              }
              copies.forEach(landing::keep);
              return copies;
            });
  }

  private Future<Representation> fetchPage(Message.ListBooks page, String requestId) {
    Landing landing = new Landing(leased());
    return catalog
        .read(page, Message.BooksListed.class, session, requestId)
        .map(
            answer -> {
              Optional<Copy> copy = Copy.ofPage(answer, page);
              copy.ifPresent(
                  c -> {
                    landing.keep(page, c);
                    landing.share(c, page, () -> answer);
                  });
              return copy.flatMap(Copy::content).orElseGet(() -> Representation.of(answer));
            });
  }

  private Future<Optional<Representation>> fetchSearch(
      Message.SearchBooks search, String requestId) {
    return catalog
        .read(search, Message.BooksFound.class, session, requestId)
        .map(
            answer ->
                answer.afterIsLost()
                    ? Optional.empty()
                    : Optional.of(Representation.of(answer.books(), answer.more())));
  }

  private Future<Buffer> fetchTopics(Message.ListTopics request, String requestId) {
    return catalog
        .read(request, Message.TopicsListed.class, session, requestId)
        .map(answer -> BookJson.topics(answer.topics()));
  }

  private Optional<LeasedCopies> leased() {
    return holder.flatMap(LeaseHolder::copies);
  }

  private static <K, A> CoalescedReads.Fetch<K, A> one(BiFunction<K, String, Future<A>> fetch) {
    return (keys, requestId) -> fetch.apply(keys.get(0), requestId).map(answer -> key -> answer);
  }

  /**
   * Where the copies of a fetch go: to the store that was followed when the fetch began, if it
   * still is. What another store says of an index means nothing here.
   */
  private final class Landing {
    private final Optional<LeasedCopies> began;

    Landing(Optional<LeasedCopies> began) {
      this.began = began;
    }

    private Optional<LeasedCopies> same() {
      return began.filter(copies -> leased().filter(now -> now == copies).isPresent());
    }

    String storeTag() {
      return same().map(LeasedCopies::storeTag).orElseGet(news::storeTag);
    }

    void keep(Object key, Copy copy) {
      same().ifPresent(copies -> copies.keep(key, copy));
    }

    /** If anyone may be served from it now. */
    void share(Copy copy, Message request, Supplier<Message> answer) {
      if (shared.isPresent()) {
        same()
            .filter(copies -> copies.check(copy) == Verdict.SERVE)
            .ifPresent(copies -> shared.get().put(copies.storeId(), request, answer.get()));
      }
    }
  }
}
