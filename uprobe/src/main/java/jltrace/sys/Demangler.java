package jltrace.sys;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What C++ symbols stand for in the source, as the GNU C++ library's {@code __cxa_demangle} tells (Itanium C++ ABI, 5.1). */
public final class Demangler {
    private static final String PREFIX = "_Z";

    private final Function demangle;
    private final Function free;

    private Demangler() {
        this.demangle = GlobalScope.function("libstdc++.so.6", "__cxa_demangle");
        this.free = GlobalScope.function("free");
    }

    /** Opens the library; empty if this machine has none. */
    public static Optional<Demangler> open() {
        try {
            return Optional.of(new Demangler());
        } catch (UnsatisfiedLinkError e) {
            return Optional.empty();
        }
    }

    /** The name with its namespaces, classes and parameters: {@code shop::Basket::add(int&)}; a name that is not C++'s as it is. */
    public String demangled(String symbol) {
        if (!symbol.startsWith(PREFIX)) {
            return symbol;
        }
        byte[] bytes = symbol.getBytes(StandardCharsets.UTF_8);
        try (Memory mangled = new Memory(bytes.length + 1L)) {
            mangled.write(0, bytes, 0, bytes.length);
            mangled.setByte(bytes.length, (byte) 0);
            @Nullable Pointer text = demangle.invokePointer(new Object[] {mangled, Pointer.NULL, Pointer.NULL, Pointer.NULL});
            if (text == null) {
                return symbol;
            }
            try {
                return text.getString(0, StandardCharsets.UTF_8.name());
            } finally {
                free.invokeVoid(new Object[] {text});
            }
        }
    }
}
