package jltrace.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PerfEventAttrTest {
    /** Writes the structure that {@link #ours} describes, with the field names of linux/perf_event.h. */
    private static final String PROGRAM = """
            #include <linux/perf_event.h>
            #include <string.h>
            #include <time.h>
            #include <unistd.h>
            int main(void) {
                struct perf_event_attr attr;
                memset(&attr, 0, sizeof attr);
                attr.type = PERF_TYPE_TRACEPOINT;
                attr.size = PERF_ATTR_SIZE_VER5;
                attr.config = 0x123456789abcdefULL;
                attr.sample_period = 1;
                attr.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_RAW;
                attr.read_format = 1U << 4;
                attr.disabled = 1;
                attr.inherit = 1;
                attr.mmap = 1;
                attr.comm = 1;
                attr.task = 1;
                attr.watermark = 1;
                attr.sample_id_all = 1;
                attr.mmap2 = 1;
                attr.comm_exec = 1;
                attr.use_clockid = 1;
                attr.inherit_thread = 1;
                attr.wakeup_watermark = 77777;
                attr.clockid = CLOCK_MONOTONIC;
                return write(1, &attr, PERF_ATTR_SIZE_VER5) != PERF_ATTR_SIZE_VER5;
            }
            """;

    @TempDir
    Path directory;

    private static PerfEventAttr ours() {
        return new PerfEventAttr(PerfEventAttr.TYPE_TRACEPOINT, 0x123456789abcdefL)
                .set(PerfEventAttr.FLAG_DISABLED
                        | PerfEventAttr.FLAG_INHERIT
                        | PerfEventAttr.FLAG_MMAP
                        | PerfEventAttr.FLAG_COMM
                        | PerfEventAttr.FLAG_TASK
                        | PerfEventAttr.FLAG_MMAP2
                        | PerfEventAttr.FLAG_COMM_EXEC
                        | PerfEventAttr.FLAG_INHERIT_THREAD)
                .readFormat(PerfEventAttr.FORMAT_LOST)
                .wakeupWatermark(77777);
    }

    @Test
    void theBytesAreThoseThatTheCompilerMakesOfTheKernelsHeader() throws IOException, InterruptedException {
        Path source = Files.writeString(directory.resolve("attr.c"), PROGRAM);
        Process compiler;
        try {
            compiler = new ProcessBuilder("cc", "-o", directory.resolve("attr").toString(), source.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "there is no C compiler");
            return;
        }
        String messages = new String(compiler.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(compiler.waitFor()).as(messages).isZero();
        Process program = new ProcessBuilder(directory.resolve("attr").toString()).start();
        byte[] expected = program.getInputStream().readAllBytes();
        assertThat(program.waitFor()).isZero();
        assertThat(ours().toBytes()).isEqualTo(expected);
    }

    /** Offsets and bits of linux/perf_event.h, for where there is no compiler. */
    @Test
    void theFieldsAreAtTheirOffsets() {
        ByteBuffer bytes = ByteBuffer.wrap(ours().toBytes()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.capacity()).isEqualTo(112);
        assertThat(bytes.getInt(0)).isEqualTo(2);
        assertThat(bytes.getInt(4)).isEqualTo(112);
        assertThat(bytes.getLong(8)).isEqualTo(0x123456789abcdefL);
        assertThat(bytes.getLong(16)).isEqualTo(1);
        assertThat(bytes.getLong(24)).isEqualTo(1 << 1 | 1 << 2 | 1 << 10);
        assertThat(bytes.getLong(32)).isEqualTo(1 << 4);
        assertThat(bytes.getInt(48)).isEqualTo(77777);
        assertThat(bytes.getInt(92)).isEqualTo(1);
    }
}
