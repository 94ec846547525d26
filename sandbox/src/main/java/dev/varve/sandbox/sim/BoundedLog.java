package dev.varve.sandbox.sim;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/// The newest entries, at most `maxItems` of them and at most `maxBytes` altogether; older ones go. Numbered from 1.
/// Thread-safe.
public final class BoundedLog<T> {
    private final int maxItems;
    private final long maxBytes;
    private final ToLongFunction<T> weight;
    private final LinkedHashMap<Long, T> entries = new LinkedHashMap<>();
    private long bytes;
    private long last;

    public BoundedLog(int maxItems, long maxBytes, ToLongFunction<T> weight) {
        this.maxItems = maxItems;
        this.maxBytes = maxBytes;
        this.weight = weight;
    }

    /// Appends what `make` builds from the entry's number.
    public synchronized long add(LongFunction<T> make) {
        long number = ++last;
        T entry = make.apply(number);
        entries.put(number, entry);
        bytes += weight.applyAsLong(entry);
        Iterator<T> oldest = entries.values().iterator();
        while ((entries.size() > maxItems || bytes > maxBytes) && entries.size() > 1) {
            bytes -= weight.applyAsLong(oldest.next());
            oldest.remove();
        }
        return number;
    }

    /// Puts another entry in the place of a kept one.
    public synchronized void replace(long number, T entry) {
        T before = entries.get(number);
        if (before != null) {
            entries.put(number, entry);
            bytes += weight.applyAsLong(entry) - weight.applyAsLong(before);
        }
    }

    /// Up to `limit` entries numbered above `after`, oldest first.
    public synchronized List<T> list(long after, int limit, Predicate<T> wanted) {
        List<T> found = new ArrayList<>();
        for (Map.Entry<Long, T> entry : entries.entrySet()) {
            if (found.size() >= limit) {
                break;
            }
            if (entry.getKey() > after && wanted.test(entry.getValue())) {
                found.add(entry.getValue());
            }
        }
        return found;
    }

    /// The newest `limit` entries, newest first.
    public synchronized List<T> newest(int limit, Predicate<T> wanted) {
        return entries.sequencedValues().reversed().stream()
                .filter(wanted)
                .limit(limit)
                .toList();
    }

    public synchronized long lastNumber() {
        return last;
    }

    public synchronized void clear() {
        entries.clear();
        bytes = 0;
        last = 0;
    }
}
