package jltrace.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines as Linux prints them, proc(5). */
class MemoryMappingTest {
    private static MemoryMapping one(String line) {
        List<MemoryMapping> mappings = MemoryMapping.parse(line);
        assertThat(mappings).hasSize(1);
        return mappings.get(0);
    }

    @Test
    void aMappingOfAFileHasItsPathAndOffset() {
        assertThat(
                        one(
                                "7f0a1c228000-7f0a1c37d000 r-xp 00028000 fe:01 1835096                    /usr/lib/x86_64-linux-gnu/libc.so.6\n"))
                .isEqualTo(new MemoryMapping(
                        0x7f0a1c228000L,
                        0x7f0a1c37d000L,
                        true,
                        true,
                        0x28000,
                        new FileIdentity(0xfe01, 1835096),
                        "/usr/lib/x86_64-linux-gnu/libc.so.6"));
    }

    @Test
    void aMappingOfNoFileHasNoPath() {
        assertThat(one("7f0a1c3d5000-7f0a1c3e2000 rw-p 00000000 00:00 0 "))
                .isEqualTo(new MemoryMapping(0x7f0a1c3d5000L, 0x7f0a1c3e2000L, false, true, 0, FileIdentity.NONE, ""));
        assertThat(one("7f0a1c3d5000-7f0a1c3e2000 ---p 00000000 00:00 0\n").path())
                .isEmpty();
    }

    @Test
    void specialMappingsHaveTheirNames() {
        assertThat(one("7ffd1b5f4000-7ffd1b5f6000 r-xp 00000000 00:00 0                          [vdso]")
                        .path())
                .isEqualTo("[vdso]");
        assertThat(one("ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]"))
                .isEqualTo(new MemoryMapping(
                        0xffffffffff600000L, 0xffffffffff601000L, true, false, 0, FileIdentity.NONE, "[vsyscall]"));
        assertThat(one("7f0a1c3d5000-7f0a1c3e2000 rw-p 00000000 00:00 0                          [anon:my heap]")
                        .path())
                .isEqualTo("[anon:my heap]");
    }

    @Test
    void aPathMayHoldBlanksAndWhatTheKernelEscapes() {
        assertThat(one("400000-401000 r-xp 00000000 fe:01 12                             /tmp/a b  c")
                        .path())
                .isEqualTo("/tmp/a b  c");
        assertThat(one("400000-401000 r-xp 00000000 fe:01 12                             /tmp/a\\012b")
                        .path())
                .isEqualTo("/tmp/a\nb");
        assertThat(one("400000-401000 r-xp 00000000 fe:01 12                             /tmp/prog (deleted)")
                        .path())
                .isEqualTo("/tmp/prog (deleted)");
        assertThat(one("400000-401000 r-xs 00000000 00:01 3                              /memfd:x y (deleted)")
                        .path())
                .isEqualTo("/memfd:x y (deleted)");
    }

    @Test
    void offsetsAndInodesMayBeLong() {
        assertThat(one("400000-401000 r--s 1ffffff000 103:02 18446744073709551615 /f")
                        .fileOffset())
                .isEqualTo(0x1ffffff000L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "garbage",
                "-",
                "400000-",
                "400000-401000",
                "400000-401000 r-xp",
                "x-y r-xp 0 0:0 0",
                "400000-401000 r-xp 0000"
            })
    void linesThatAreNotUnderstoodAreLeftOut(String line) {
        assertThat(MemoryMapping.parse(line)).isEmpty();
        assertThat(MemoryMapping.parse(line + "\n400000-401000 r-xp 00000000 fe:01 12 /a\n"))
                .hasSize(1);
    }

    @Test
    void everyLineOfThisProcessIsUnderstood() throws IOException {
        String maps = new String(Files.readAllBytes(Path.of("/proc/self/maps")), StandardCharsets.ISO_8859_1);
        List<MemoryMapping> mappings = MemoryMapping.parse(maps);
        assertThat(mappings).hasSize((int) maps.lines().count());
        long end = 0;
        for (MemoryMapping mapping : mappings) {
            assertThat(Long.compareUnsigned(mapping.start(), end)).isGreaterThanOrEqualTo(0);
            assertThat(Long.compareUnsigned(mapping.end(), mapping.start())).isPositive();
            end = mapping.end();
        }
        assertThat(mappings)
                .filteredOn(mapping -> mapping.path().endsWith("libjvm.so") && mapping.executable())
                .hasSize(1);
    }
}
