package jltrace.cli.output;

import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.function.UnaryOperator;

/** How the names of functions are written: as the linker knows them, or as the source has them ({@code -C}). */
public final class SymbolNames {
    /** As the linker knows them. */
    public static final SymbolNames AS_THEY_ARE = new SymbolNames(UnaryOperator.identity());

    private final UnaryOperator<String> form;
    private final IdentityHashMap<byte[], byte[]> known = new IdentityHashMap<>();

    /** @param form what is written for a symbol */
    public SymbolNames(UnaryOperator<String> form) {
        this.form = form;
    }

    /** What is written for a symbol. */
    public String of(String symbol) {
        return form.apply(symbol);
    }

    /** What is written for a symbol in UTF-8, of which the bytes are always the same array. */
    public byte[] of(byte[] symbol) {
        if (this == AS_THEY_ARE) {
            return symbol;
        }
        byte[] written = known.get(symbol);
        if (written == null) {
            written = of(new String(symbol, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
            known.put(symbol, written);
        }
        return written;
    }
}
