package dev.varve.eventlog;

import java.util.BitSet;

/// Which events of a batch were new: bit i of `duplicates` is set when event i was known already.
public record AppendResult(int appended, BitSet duplicates) {}
