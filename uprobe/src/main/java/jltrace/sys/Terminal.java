package jltrace.sys;

import com.sun.jna.LastErrorException;
import java.util.OptionalInt;

/** What is known of a terminal behind a descriptor. */
public final class Terminal {
    private static final long TIOCGWINSZ = 0x5413;

    private Terminal() {}

    /** The width in columns; empty if the descriptor is no terminal. A terminal that does not tell its width has 0. */
    public static OptionalInt columns(int descriptor) {
        short[] size = new short[4];
        try {
            LibC.ioctl(descriptor, TIOCGWINSZ, size);
            return OptionalInt.of(size[1] & 0xffff);
        } catch (LastErrorException e) {
            return OptionalInt.empty();
        }
    }
}
