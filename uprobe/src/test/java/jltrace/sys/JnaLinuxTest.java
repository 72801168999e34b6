package jltrace.sys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class JnaLinuxTest {
    /** Field 19 of {@code stat}, proc(5); the 17th behind the name. */
    private static int niceValue() {
        try {
            String stat = Files.readString(Path.of("/proc/self/task/" + LibC.gettid() + "/stat"));
            return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void onlyTheThreadThatAsksForItGoesFirst() {
        int before = niceValue();
        CompletableFuture<Integer> raised = new CompletableFuture<>();
        CompletableFuture<Boolean> allowed = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            allowed.complete(new JnaLinux().setNice(0, -20));
            raised.complete(niceValue());
        });
        thread.start();

        boolean mayRaise = new JnaLinux().effectiveUserId() == 0;
        assertThat(allowed.join()).isEqualTo(mayRaise);
        assertThat(raised.join()).isEqualTo(mayRaise ? -20 : before);
        assertThat(niceValue()).isEqualTo(before);
    }
}
