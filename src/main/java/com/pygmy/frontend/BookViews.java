package com.pygmy.frontend;

import com.pygmy.cluster.SharedCopies;
import com.pygmy.coherence.View;
import com.pygmy.coherence.ViewLease.Verdict;
import com.pygmy.domain.BookId;
import com.pygmy.frontend.CacheFigures.Result;
import com.pygmy.wire.Message;
import com.pygmy.wire.json.BookJson;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Where every read of books goes through. Books and pages of topics are served from a copy, in this
 * node's memory or in the map that the cluster shares, if the lease permits that copy at a moment
 * after the read came in; all else is fetched. Belongs to one event loop; the copies, the lease and
 * the map are the node's.
 */
final class BookViews {

  private final Optional<LeaseHolder> holder;
  private final Optional<SharedCopies> shared;
  private final BookFetches fetches;

  /**
   * Where a view may lie, and how it is fetched.
   *
   * @param key in this node's memory
   * @param request in the shared map
   * @param parse makes a copy of what was found there
   */
  private record Wanted(
      Object key,
      View view,
      Message request,
      BiFunction<Message, LeasedCopies, Optional<Copy>> parse,
      Supplier<Future<Optional<Representation>>> fetch) {}

  /**
   * @param holder absent: nothing is served from copies
   * @param shared absent: nothing is shared
   */
  BookViews(Optional<LeaseHolder> holder, Optional<SharedCopies> shared, BookFetches fetches) {
    this.holder = holder;
    this.shared = shared;
    this.fetches = fetches;
  }

  /** One book; empty when there is none. */
  Future<Optional<Representation>> book(BookId id, String requestId) {
    Optional<Copy> hit = hit(id);
    return hit.isPresent()
        ? Future.succeededFuture(hit.get().content())
        : elsewhere(
            new Wanted(
                id,
                new View.OfBook(id),
                new Message.ReadBooks(List.of(id)),
                (found, copies) -> Copy.ofBook(found, id, copies.storeTag()),
                () -> fetches.book(id, requestId)));
  }

  /** One book that there is, if it may be served from this node's memory now. */
  Optional<Representation> cachedBook(BookId id) {
    Optional<Representation> book = permitted(id).flatMap(Copy::content);
    if (book.isPresent()) {
      count(Result.LOCAL);
    }
    return book;
  }

  /** A page of a topic, of a title, or of all books. Only those of topics are kept. */
  Future<Representation> page(Message.ListBooks page, String requestId) {
    if (page.topic().isEmpty()) {
      return fetches.page(page, requestId);
    }
    Optional<Copy> hit = hit(page);
    Future<Optional<Representation>> answer =
        hit.isPresent()
            ? Future.succeededFuture(hit.get().content())
            : elsewhere(
                new Wanted(
                    page,
                    new View.OfTopic(page.topic().get()),
                    page,
                    (found, copies) -> Copy.ofPage(found, page),
                    () -> fetches.page(page, requestId).map(Optional::of)));
    return answer.map(Optional::orElseThrow);
  }

  /**
   * Those of these books that there are, as JSON: from copies only if each of them may be served at
   * one and the same moment, for together they are one answer.
   */
  Future<Buffer> books(List<BookId> ids, String requestId) {
    Optional<LeasedCopies> leased = leased();
    Verdict verdict = Verdict.NO_LEASE;
    if (leased.isPresent()) {
      List<Copy> found = new ArrayList<>(ids.size());
      ids.forEach(id -> leased.get().find(id).ifPresent(found::add));
      verdict = leased.get().check(found);
      if (verdict == Verdict.SERVE && found.size() == ids.size()) {
        count(Result.LOCAL);
        return Future.succeededFuture(joined(found));
      }
    }
    count(fetchedFor(verdict));
    return fetches.books(ids, requestId);
  }

  /** A page of what was found, never from a copy; empty when there is nothing to go on after. */
  Future<Optional<Representation>> search(Message.SearchBooks search, String requestId) {
    return fetches.search(search, requestId);
  }

  /** The topics, with how many books each has, as JSON. */
  Future<Buffer> topics(String requestId) {
    return fetches.topics(requestId);
  }

  /** The books of copies, without those that there are not. */
  static Buffer joined(List<Copy> copies) {
    return BookJson.joined(
        copies.stream()
            .flatMap(copy -> copy.content().stream())
            .map(Representation::json)
            .toList());
  }

  private Optional<Copy> hit(Object key) {
    Optional<Copy> hit = permitted(key);
    if (hit.isPresent()) {
      count(Result.LOCAL);
    }
    return hit;
  }

  private Optional<Copy> permitted(Object key) {
    return leased()
        .flatMap(copies -> copies.find(key).filter(copy -> copies.check(copy) == Verdict.SERVE));
  }

  /** Not from this node's memory, or not a moment ago. */
  private Future<Optional<Representation>> elsewhere(Wanted wanted) {
    Optional<LeasedCopies> leased = leased();
    Verdict verdict =
        leased
            .map(
                copies ->
                    copies
                        .find(wanted.key())
                        .map(copies::check)
                        .orElseGet(() -> copies.check(wanted.view())))
            .orElse(Verdict.NO_LEASE);
    boolean mayBeShared = verdict == Verdict.SERVE || verdict == Verdict.STALE;
    if (shared.isPresent() && mayBeShared) {
      return inSharedMap(shared.get(), leased.orElseThrow(), wanted);
    }
    count(fetchedFor(verdict));
    return wanted.fetch().get();
  }

  private Future<Optional<Representation>> inSharedMap(
      SharedCopies map, LeasedCopies copies, Wanted wanted) {
    return map.get(copies.storeId(), wanted.request())
        .compose(
            found -> {
              Optional<Copy> copy =
                  found
                      .flatMap(answer -> wanted.parse().apply(answer, copies))
                      .filter(c -> copies.check(c) == Verdict.SERVE);
              if (copy.isEmpty()) {
                count(Result.MISS);
                return wanted.fetch().get();
              }
              count(Result.SHARED);
              copies.keep(wanted.key(), copy.get());
              return Future.succeededFuture(copy.get().content());
            });
  }

  private static Result fetchedFor(Verdict verdict) {
    return switch (verdict) {
      case NO_LEASE -> Result.UNLEASED;
      case SUSPENDED -> Result.SUSPENDED;
      case STALE, SERVE -> Result.MISS;
    };
  }

  private Optional<LeasedCopies> leased() {
    return holder.flatMap(LeaseHolder::copies);
  }

  private void count(Result result) {
    holder.ifPresent(h -> h.figures().count(result));
  }
}
