package com.pygmy.replication.ratis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;

/** The end of a chain of stages: what follows is an action, not another stage. */
final class Stages {
  private Stages() {}

  static <T> void onDone(
      CompletionStage<T> stage, BiConsumer<? super T, ? super Throwable> action) {
    CompletionStage<T> unused = stage.whenComplete(action);
  }

  /** Like {@link CompletableFuture#supplyAsync}, but a closed executor fails the future. */
  static <T> CompletableFuture<T> on(Executor executor, Throwing<T> work) {
    CompletableFuture<T> future = new CompletableFuture<>();
    try {
      executor.execute(
          () -> {
            try {
              future.complete(work.get());
            } catch (Throwable failure) {
              future.completeExceptionally(failure);
            }
          });
    } catch (RejectedExecutionException closed) {
      future.completeExceptionally(closed);
    }
    return future;
  }

  /** Work that may throw anything. */
  interface Throwing<T> {
    T get() throws Exception;
  }
}
