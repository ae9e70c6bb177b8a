package com.pygmy.load.svg;

/** An axis, named with its unit. */
public record Axis(String title, Scale scale) {}
