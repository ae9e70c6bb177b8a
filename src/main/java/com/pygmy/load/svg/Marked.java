package com.pygmy.load.svg;

import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** A scale by a formula, with its lines. */
record Marked(List<Tick> ticks, DoubleUnaryOperator place) implements Scale {

  Marked {
    ticks = List.copyOf(ticks);
  }

  @Override
  public double at(double value) {
    return Math.max(0, Math.min(1, place.applyAsDouble(value)));
  }
}
