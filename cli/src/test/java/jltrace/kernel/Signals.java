package jltrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

/** Signals to one process. */
final class Signals {
    private Signals() {}

    static void send(String name, long pid) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("/bin/kill", "-s", name, Long.toString(pid)).start();
        assertThat(kill.waitFor()).as("kill -s " + name + " " + pid).isZero();
    }
}
