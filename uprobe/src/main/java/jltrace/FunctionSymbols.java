package jltrace;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfException;
import jltrace.elf.ElfFile;
import jltrace.elf.FunctionTable;
import jltrace.elf.Import;
import jltrace.elf.Symbol;
import jltrace.target.AddressSpace;
import jltrace.target.ObjectImage;
import jltrace.target.ObjectTable;
import jltrace.value.FunctionNames;
import org.jspecify.annotations.Nullable;

/**
 * Names functions by the symbols of the objects that they are in: those that the dynamic loader knows, those of {@code .symtab} here
 * or in the debug file, and PLT stubs by what they lead to.
 */
public final class FunctionSymbols implements FunctionNames {
    private static final byte[] NO_NAME = new byte[0];

    private final ObjectTable objects;
    private final DebugFiles debugFiles;

    // What was found, by where it is: open addressing, so that asking again allocates nothing.
    private long[] keys = new long[256];
    private byte[][] names = new byte[256][];
    private boolean[] used = new boolean[256];
    private int size;

    /**
     * @param objects the files of the traced processes
     * @param debugFiles where their debug files are
     */
    public FunctionSymbols(ObjectTable objects, DebugFiles debugFiles) {
        this.objects = objects;
        this.debugFiles = debugFiles;
    }

    @Override
    public byte @Nullable [] at(AddressSpace space, long virtualAddress) {
        int object = space.objectAt(virtualAddress);
        if (object == ObjectTable.NO_OBJECT) {
            return null;
        }
        long fileOffset = space.fileOffsetAt(virtualAddress);
        // No file is so large that its offsets reach the bits of the number.
        long key = (long) object << 44 ^ fileOffset;
        int slot = slot(key);
        if (used[slot]) {
            return names[slot] == NO_NAME ? null : names[slot];
        }
        if (2 * (size + 1) > keys.length) {
            grow();
            slot = slot(key);
        }
        byte[] name = find(object, fileOffset);
        keys[slot] = key;
        names[slot] = name == null ? NO_NAME : name;
        used[slot] = true;
        size++;
        return name;
    }

    private int slot(long key) {
        int mask = keys.length - 1;
        int slot = (int) ((key * 0x9e3779b97f4a7c15L) >>> 40) & mask;
        while (used[slot] && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        byte[][] oldNames = names;
        boolean[] oldUsed = used;
        keys = new long[2 * oldKeys.length];
        names = new byte[keys.length][];
        used = new boolean[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldUsed[i]) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                names[slot] = oldNames[i];
                used[slot] = true;
            }
        }
    }

    private byte @Nullable [] find(int object, long fileOffset) {
        ObjectImage image = objects.image(object).orElse(null);
        if (image == null) {
            return null;
        }
        try {
            OptionalLong virtualAddress = image.elf().virtualAddressOf(fileOffset);
            String name = virtualAddress.isEmpty() ? null : name(image, virtualAddress.getAsLong());
            return name == null ? null : name.getBytes(StandardCharsets.UTF_8);
        } catch (ElfException e) {
            // A damaged table names nothing.
            return null;
        }
    }

    private @Nullable String name(ObjectImage image, long virtualAddress) {
        String name = name(image.elf().dynamicSymbols().functions(), virtualAddress);
        if (name == null) {
            name = name(image.elf().symbols().functions(), virtualAddress);
        }
        if (name == null) {
            name = nameOfStub(image.elf(), virtualAddress);
        }
        if (name == null) {
            ElfFile debugFile =
                    debugFiles.symbolFile(image.elf(), image.file().path()).orElse(null);
            name = debugFile == null ? null : name(debugFile.symbols().functions(), virtualAddress);
        }
        return name;
    }

    private static @Nullable String name(FunctionTable functions, long virtualAddress) {
        Optional<FunctionTable.Function> function = functions.at(virtualAddress);
        // What lies at an IFUNC symbol is its resolver, which has no name.
        return function.isEmpty() || function.get().isIndirect()
                ? null
                : plainest(function.get().names());
    }

    /** Of several names, the first that is not reserved for the implementation, as {@code __libc_free} is. */
    private static String plainest(List<Symbol> names) {
        for (Symbol name : names) {
            if (!name.name().startsWith("_")) {
                return name.name();
            }
        }
        return names.get(0).name();
    }

    private static @Nullable String nameOfStub(ElfFile elf, long virtualAddress) {
        for (Import each : elf.imports()) {
            if (each.stubVirtualAddress() == virtualAddress) {
                return each.name();
            }
        }
        return null;
    }
}
