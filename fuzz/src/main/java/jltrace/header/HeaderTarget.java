package jltrace.header;

import java.nio.charset.StandardCharsets;
import java.util.List;
import jltrace.fuzz.Cost;
import jltrace.fuzz.Target;

/** What a preprocessor printed. */
public final class HeaderTarget implements Target {
    @Override
    public List<byte[]> seeds() {
        return List.of("""
                # 1 "a.h"
                typedef struct { int x; } point; extern int f (const char *__restrict text, ...) __attribute__ ((x (1)));
                static inline int g(void) { return "a\\"}"[0]; } int (*h(int a, int (*b)(int)))(void), *k(int n[3], point p);
                enum { A = 'x' }; extern double m() __asm__("" "m"); /* c */ // d
                """.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void read(byte[] data) {
        Cost.check(data.length, () -> HeaderScan.of(new String(data, StandardCharsets.ISO_8859_1)));
    }
}
