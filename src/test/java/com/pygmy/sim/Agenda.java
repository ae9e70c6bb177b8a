package com.pygmy.sim;

import java.util.Arrays;

/** What is to happen, by time; what happens at the same moment, in the order it was entered. */
final class Agenda {
  private long[] times = new long[512];
  private long[] orders = new long[512];
  private Runnable[] steps = new Runnable[512];
  private int size;
  private long entered;

  boolean isEmpty() {
    return size == 0;
  }

  /** When the next step is due. */
  long nextTime() {
    return times[0];
  }

  void add(long time, Runnable step) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      orders = Arrays.copyOf(orders, 2 * size);
      steps = Arrays.copyOf(steps, 2 * size);
    }
    long order = entered++;
    int hole = size++;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (times[parent] <= time) { // entered before, so due before
        break;
      }
      move(parent, hole);
      hole = parent;
    }
    put(hole, time, order, step);
  }

  Runnable take() {
    Runnable first = steps[0];
    size--;
    long time = times[size];
    long order = orders[size];
    Runnable step = steps[size];
    steps[size] = null;
    if (size > 0) {
      int hole = 0;
      for (int child = 1; child < size; child = 2 * hole + 1) {
        if (child + 1 < size && isBefore(times[child + 1], orders[child + 1], child)) {
          child++;
        }
        if (isBefore(time, order, child)) {
          break;
        }
        move(child, hole);
        hole = child;
      }
      put(hole, time, order, step);
    }
    return first;
  }

  private boolean isBefore(long time, long order, int other) {
    return time < times[other] || (time == times[other] && order < orders[other]);
  }

  private void move(int from, int to) {
    put(to, times[from], orders[from], steps[from]);
  }

  private void put(int at, long time, long order, Runnable step) {
    times[at] = time;
    orders[at] = order;
    steps[at] = step;
  }
}
