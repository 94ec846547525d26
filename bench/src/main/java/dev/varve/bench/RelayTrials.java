package dev.varve.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The relay's measurements, each with a project and pixels of its own.
record RelayTrials(Options options, Path root, String apiKey, Watched watched) {
    List<Figure> run() throws IOException, InterruptedException {
        List<Figure> figures = new ArrayList<>();
        if (options.wants("mapping")) {
            Main.note("mapping");
            figures.addAll(MappingRate.measure(root, (int) options.lasting(6).toSeconds()));
        }
        if (options.wants("latency")) {
            Main.note("latency of the relay");
            figures.addAll(RelayLoad.measure(shop("Bench relay", 1), options.lasting(30)));
        }
        if (options.wants("rush")) {
            Main.note("the whole path");
            figures.addAll(new RelayRush(shop("Bench rush", 2), watched).measure(options.lasting(30)));
        }
        if (options.wants("drain")) {
            Main.note("a backlog of " + options.events());
            figures.addAll(new BacklogDrain(shop("Bench drain", 3), watched, options.events()).measure());
        }
        return figures;
    }

    private Shop shop(String name, int number) throws IOException, InterruptedException {
        Shop shop = Shop.open(watched.server(), apiKey, name);
        shop.forward(number);
        return shop;
    }
}
