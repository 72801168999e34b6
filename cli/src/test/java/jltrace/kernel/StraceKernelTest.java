package jltrace.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Calls that do no more than a system call, against what strace says of it. */
@OnKernel
class StraceKernelTest {
    private static final Pattern CALLER = Pattern.compile("^wrappers->");
    private static final Pattern ADDRESS = Pattern.compile("\\b0x[0-9a-f]{8,}");

    @Test
    void flagsAddressesMessagesAndSetsOfSignalsAreThoseThatStraceSees() throws IOException, InterruptedException {
        List<String> told = strace("bind,connect,sendto,sendmsg,rt_sigprocmask,fcntl,epoll_ctl,utimensat");
        Jltrace jltrace =
                Jltrace.of("wrappers").with("-e", "bind+connect+sendto+sendmsg+sigprocmask+fcntl*+epoll_ctl+utimensat");
        jltrace.environment().put("LC_ALL", "C");
        List<String> traced = jltrace.run().lines().stream()
                .filter(line -> line.startsWith("wrappers->"))
                .map(line ->
                        ADDRESS.matcher(CALLER.matcher(line).replaceFirst("")).replaceAll("ADDRESS"))
                .toList();

        assertThat(told).hasSizeGreaterThan(30);
        assertThat(traced).containsExactlyElementsOf(told);
    }

    /** What strace says of system calls, in the words of jltrace. */
    private static List<String> strace(String calls) throws IOException, InterruptedException {
        Process strace = new ProcessBuilder("strace", "-e", "trace=" + calls, Fixtures.program("wrappers"))
                .redirectErrorStream(true)
                .start();
        strace.getOutputStream().close();
        String output = new String(strace.getInputStream().readAllBytes(), ISO_8859_1);
        assertThat(strace.waitFor()).isZero();
        return output.lines()
                .filter(line -> !line.startsWith("+++"))
                .map(StraceKernelTest::inOurWords)
                .toList();
    }

    private static String inOurWords(String line) {
        return line.replaceAll("\\) += (-?\\d+).*", ") = $1")
                .replaceAll(" /\\* \\d{4}-.*? \\*/", "")
                .replaceAll("\\{", "{ ")
                .replaceAll("\\}", " }")
                .replaceAll("inet_addr\\((\"[^\"]*\")\\)", "$1")
                .replaceAll("inet_pton\\(AF_INET6, (\"[^\"]*\"), &sin6_addr\\)", "sin6_addr=$1")
                .replaceAll("@\"", "\"\\\\0")
                .replaceAll("\\\\0", "\\\\000")
                .replaceAll("nl_groups=0x0*", "nl_groups=0x")
                .replaceAll("0x63 /\\* AF_\\?\\?\\? \\*/", "99")
                .replaceAll("msg_controllen", "msg_control=nil, msg_controllen")
                .replaceAll("msg_iov=\\[", "msg_iov=[ ")
                .replaceAll("\\}\\]", "} ]")
                .replaceAll(", data=\\{.*? \\} \\}", " }")
                .replace("[UTIME_NOW, {", "[ { tv_sec=5, tv_nsec=UTIME_NOW }, {")
                .replace("NULL", "nil")
                .replaceFirst("^rt_sigprocmask\\((.*), 8\\)", "sigprocmask($1)")
                // The system call gives back the set, glibc's function is given the address.
                .replace("(SIG_BLOCK, nil, [])", "(SIG_BLOCK, nil, ADDRESS)")
                // glibc keeps two signals for itself and never blocks them.
                .replace("(SIG_UNBLOCK, ~[RTMIN RT_1]", "(SIG_UNBLOCK, ~[]");
    }
}
