package dev.varve.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/// Reads of stored data: every list of events and the point reads without other load, on a hundredth of the data and on
/// all of it, and then point reads while events come in.
final class QueryLoad {
    private static final int TIMES = 100;
    private static final int RANDOM_PROJECTS = 5;
    private static final int POINTS = 300;
    private static final Duration WARM_UP = Duration.ofSeconds(20);

    private final Watched watched;
    private final Path data;
    private final String apiKey;
    private final Options options;

    QueryLoad(Watched watched, Path data, String apiKey, Options options) {
        this.watched = watched;
        this.data = data;
        this.apiKey = apiKey;
        this.options = options;
    }

    List<Figure> measure() throws IOException, InterruptedException, SQLException {
        StoredData.requireRoom(data, options.events());
        Main.note("making " + Market.PROJECTS + " projects");
        Market market = Market.open(watched.server(), apiKey);
        List<Figure> figures = new ArrayList<>();
        Readings little = read(market, Math.max(TIMES * 10, options.events() / TIMES), figures);
        Readings much = read(market, options.events(), figures);
        figures.add(Figure.context("reads of both, one at a time, nothing ingested meanwhile", ""));
        figures.addAll(much.beside(little));
        Main.note("point reads beside ingest");
        figures.addAll(new PointLoad(watched, apiKey, market).measure(options.lasting(180), options.lasting(60)));
        return figures;
    }

    private Readings read(Market market, long events, List<Figure> figures)
            throws IOException, InterruptedException, SQLException {
        Main.note(String.format("making %,d events", events));
        figures.add(StoredData.fill(data, market, events));
        Main.note(String.format("reading %,d events", events));
        try (GetClient client = new GetClient(watched.server().port(), apiKey);
                Connection connection = Installation.of(data).connect()) {
            Statements database = new Statements(connection);
            List<ReadShape.Sample> random = new ArrayList<>();
            for (Market.Stall stall : others(market)) {
                random.add(sample(stall, database));
            }
            List<ReadShape.Sample> busiest = List.of(sample(market.stalls().getFirst(), database));
            Map<String, List<String>> lists = new LinkedHashMap<>();
            for (ReadShape shape : ReadShape.all(Instant.now())) {
                lists.put("busiest: " + shape.name(), paths(shape, busiest));
                lists.put("others: " + shape.name(), paths(shape, random));
            }
            requireData(lists.values().iterator().next().getFirst(), client);
            warmUp(lists, market, client);
            return read(lists, points(market, database), client, figures);
        }
    }

    /// Lists were walked to their far pages before they are timed, so point reads too are timed at the second look.
    /// What the first takes, which may read from the disk, is added to `figures`.
    private Readings read(
            Map<String, List<String>> lists, Map<String, List<String>> points, GetClient client, List<Figure> figures)
            throws IOException {
        Readings readings = new Readings();
        PageReads reads = new PageReads(client, options.lasting(8));
        for (Map.Entry<String, List<String>> list : lists.entrySet()) {
            List<String> first = list.getValue().stream().map(PageReads::first).toList();
            List<String> far = reads.far(list.getValue());
            readings.add(list.getKey(), reads.time(first), reads.itemsOf(first));
            readings.add(list.getKey() + ", page " + PageReads.FAR_PAGE, reads.time(far), reads.itemsOf(far));
        }
        for (Map.Entry<String, List<String>> point : points.entrySet()) {
            LatencyHistogram first = reads.time(point.getValue());
            figures.add(Figure.context(
                    "  first looks, " + point.getKey(),
                    String.format("p50 %.1f, p99 %.1f ms", first.millisAt(0.5), first.millisAt(0.99))));
            readings.add(point.getKey(), reads.time(point.getValue()), 1);
        }
        return readings;
    }

    private static List<String> paths(ReadShape shape, List<ReadShape.Sample> samples) {
        return samples.stream().map(shape::path).toList();
    }

    /// Not the busiest, and the same for every amount of data.
    private static List<Market.Stall> others(Market market) {
        Random random = new Random(11);
        return Stream.generate(() -> market.random(random))
                .filter(stall -> stall != market.stalls().getFirst())
                .distinct()
                .limit(RANDOM_PROJECTS)
                .toList();
    }

    private static ReadShape.Sample sample(Market.Stall stall, Statements database) throws SQLException {
        String users = "select user_id from event where project_id = ?::uuid and user_id is not null group by user_id"
                + " order by abs(count(*) - %d), user_id limit 1";
        return new ReadShape.Sample(
                stall,
                database.text(String.format(users, 7), stall.uuid()).orElse("nobody"),
                database.text(String.format(users, 1), stall.uuid()).orElse("nobody"));
    }

    private static Map<String, List<String>> points(Market market, Statements database) throws SQLException {
        Map<String, List<String>> points = new LinkedHashMap<>();
        for (String name : PointLoad.NAMES) {
            Random random = new Random(13);
            points.put(
                    name,
                    Stream.generate(() -> PointLoad.path(name, market, random))
                            .limit(POINTS)
                            .toList());
        }
        points.put("GET event by its id", database.texts("""
                select '/v1/projects/prj_' || project_id || '/events/' || event_id from event
                where log_offset % 97 = 5 order by event_id limit\s""" + POINTS));
        return points;
    }

    private void requireData(String path, GetClient client) throws IOException {
        int items = new PageReads(client, WARM_UP).items(path);
        if (items != PageReads.LIMIT) {
            throw new IOException("The stored data cannot be read: the busiest project shows " + items + " events");
        }
    }

    /// So that a server that has only begun is not compared with one that runs for long.
    private void warmUp(Map<String, List<String>> lists, Market market, GetClient client) throws IOException {
        long end =
                System.nanoTime() + options.lasting((int) WARM_UP.toSeconds()).toNanos();
        Random random = new Random(17);
        while (System.nanoTime() - end < 0) {
            for (List<String> paths : lists.values()) {
                client.time(PageReads.first(paths.get(random.nextInt(paths.size()))));
                for (String name : PointLoad.NAMES) {
                    client.time(PointLoad.path(name, market, random));
                }
            }
        }
    }
}
