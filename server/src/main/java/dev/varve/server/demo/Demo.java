package dev.varve.server.demo;

import dev.varve.server.Bootstrap;
import dev.varve.server.Running;
import dev.varve.server.config.Settings;

/// `./varve demo`: a server whose platforms are the sandbox, a sample project on it, and live traffic.
public final class Demo {
    private Demo() {}

    public static void run(Settings settings) {
        Running.demo(settings, (bootstrap, sandboxUrl) -> {
            DemoProject project = new DemoProject(bootstrap, sandboxUrl);
            Bootstrap whole = project.ensure();
            whole.write(settings.installation().data());
            SampleTraffic traffic = SampleTraffic.start(whole);
            System.out.print(TryNext.text(whole));
            System.out.flush();
            return traffic;
        });
    }
}
