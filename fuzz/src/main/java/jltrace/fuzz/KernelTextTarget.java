package jltrace.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;
import jltrace.target.MemoryMapping;
import jltrace.tracefs.EventFormat;
import jltrace.tracefs.TraceFsException;

/** Texts of the kernel: memory maps and formats of events. */
final class KernelTextTarget implements Target {
    @Override
    public List<byte[]> seeds() {
        return List.of("""
                7f0000000000-7f0000001000 r-xp 00001000 fe:00 1234                       /usr/lib/a\\012b.so (deleted)
                7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0                          [stack]
                ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0
                """.getBytes(StandardCharsets.UTF_8), """
                name: E
                ID: 1234
                format:
                \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;

                \tfield:u64 s[4];\toffset:16;\tsize:32;\tsigned:0;

                print fmt: "(%lx)", REC->__probe_ip
                """.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void read(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        Cost.check(data.length, () -> {
            MemoryMapping.parse(text);
            try {
                EventFormat.parse(text, "event").offsetOf("s");
            } catch (TraceFsException e) {
                Target.expected(e);
            }
        });
    }
}
