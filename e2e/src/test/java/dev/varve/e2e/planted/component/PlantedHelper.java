package dev.varve.e2e.planted.component;

/// Breaks: a name that says nothing, and a sleep.
public final class PlantedHelper {
    public void rest() throws InterruptedException {
        Thread.sleep(1);
    }
}
