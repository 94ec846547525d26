package dev.varve.sandbox.sim;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/// The most recently touched entries, at most `limit`. Thread-safe.
public final class BoundedMap<V> {
    private final Map<String, V> entries;
    private final V initial;

    public BoundedMap(int limit, V initial) {
        this.initial = initial;
        this.entries = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > limit;
            }
        };
    }

    /// Replaces the value of `key` (at first the initial one) and answers the new one.
    public synchronized V update(String key, UnaryOperator<V> change) {
        V changed = change.apply(entries.getOrDefault(key, initial));
        entries.put(key, changed);
        return changed;
    }

    public synchronized boolean contains(String key) {
        return entries.containsKey(key);
    }

    public synchronized void clear() {
        entries.clear();
    }
}
