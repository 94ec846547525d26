package dev.varve.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;

/// Many projects with three apps each and both platforms on, made through the Partner API. The first is the busiest.
record Market(List<Stall> stalls, Skew skew) {
    static final int PROJECTS = 1_000;
    /// Of a project's events: its first app has these parts of a thousand, its second those up to the other number, its
    /// third the rest.
    static final int FIRST_APP = 850;

    static final int SECOND_APP = 999;
    private static final int AT_ONCE = 8;

    /// One project: its apps, the busiest first.
    record Stall(String projectId, List<String> appIds) {
        /// As the database knows it.
        String uuid() {
            return projectId.substring(projectId.indexOf('_') + 1);
        }

        /// As often each as it has events.
        String randomApp(RandomGenerator random) {
            int part = random.nextInt(1000);
            return appIds.get(part < FIRST_APP ? 0 : part < SECOND_APP ? 1 : 2);
        }
    }

    static Market open(Program server, String apiKey) throws IOException, InterruptedException {
        List<Future<Stall>> opened = new ArrayList<>();
        try (ExecutorService callers = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = 0; i < PROJECTS; i++) {
                int number = i;
                opened.add(callers.submit(() -> open(server, apiKey, number)));
            }
        }
        List<Stall> stalls = new ArrayList<>();
        for (Future<Stall> stall : opened) {
            try {
                stalls.add(stall.get());
            } catch (ExecutionException e) {
                throw new IOException(e.getCause());
            }
        }
        return new Market(stalls, new Skew(PROJECTS, Skew.PROJECTS));
    }

    /// As often each as it has events.
    Stall random(RandomGenerator random) {
        return stalls.get(skew.pick(random.nextDouble()));
    }

    private static Stall open(Program server, String apiKey, int number) throws IOException, InterruptedException {
        Shop shop = Shop.open(server, apiKey, "Stored " + number);
        List<String> apps = List.of(shop.appId(), shop.addApp(), shop.addApp());
        shop.forward(1_000 + number);
        return new Stall(shop.projectId(), apps);
    }
}
