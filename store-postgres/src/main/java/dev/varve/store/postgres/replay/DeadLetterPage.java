package dev.varve.store.postgres.replay;

import static dev.varve.store.postgres.tenant.Columns.at;

import dev.varve.delivery.DeadLetters.Filter;
import dev.varve.delivery.DeadLetters.Item;
import dev.varve.delivery.DeadLetters.Position;
import dev.varve.store.postgres.ShownTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// One page of dead letters: newest first by what is shown, then by id. The index knows the order of stored times;
/// where a page ends within a millisecond, the letters shown with it are read anew in the order of their ids.
final class DeadLetterPage {
    private static final String BEHIND = " and d.occurred_at < :end and (d.occurred_at < :at or d.id > :id) ";
    private static final Comparator<Item> NEWEST_FIRST = Comparator.comparing(
                    DeadLetterPage::shown, Comparator.reverseOrder())
            .thenComparing(Item::id);

    private final Handle handle;
    private final Filter filter;
    private final Optional<Position> after;
    private final int limit;

    DeadLetterPage(Handle handle, Filter filter, Optional<Position> after, int limit) {
        this.handle = handle;
        this.filter = filter;
        this.after = after;
        this.limit = limit;
    }

    List<Item> read() {
        List<Item> items = new ArrayList<>(select(filter, "order by d.occurred_at desc, d.id"));
        if (items.size() == limit && endsWithinAMoment(items)) {
            Instant moment = shown(items.getLast());
            items.removeIf(item -> shown(item).equals(moment));
            items.addAll(select(filter.within(moment, ShownTime.after(moment)), "order by d.id"));
        }
        return items.stream().sorted(NEWEST_FIRST).limit(limit).toList();
    }

    /// Of those shown with the last one, others may then come before some of these.
    private static boolean endsWithinAMoment(List<Item> items) {
        Instant moment = shown(items.getLast());
        return items.stream()
                .anyMatch(item -> shown(item).equals(moment)
                        && !ShownTime.isWhole(item.times().occurredAt()));
    }

    private List<Item> select(Filter wanted, String order) {
        return DeadLetterFilter.bind(
                        handle.createQuery("select * from dead_letter d where " + DeadLetterFilter.MATCHES + BEHIND
                                + order + " limit :limit"),
                        wanted)
                .bind(
                        "at",
                        at(after.map(last -> ShownTime.of(last.occurredAt())).orElse(Instant.MAX)))
                .bind(
                        "end",
                        at(after.map(last -> ShownTime.after(last.occurredAt())).orElse(Instant.MAX)))
                .bind("id", after.map(Position::id).orElse(""))
                .bind("limit", limit)
                .map((row, context) -> DeadLetterRows.item(row))
                .list();
    }

    private static Instant shown(Item item) {
        return ShownTime.of(item.times().occurredAt());
    }
}
