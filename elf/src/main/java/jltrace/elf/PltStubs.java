package jltrace.elf;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jltrace.bytes.ByteSource;

/**
 * Finds the stubs that jump through the slots of the GOT, by their code: {@code jmp *displacement(%rip)}, in the forms that
 * the GNU linkers, lld and mold write for {@code .plt}, {@code .plt.got} and {@code .plt.sec}.
 */
final class PltStubs {
    private static final int JUMP_SIZE = 6;
    private static final int END_BRANCH = 0xfa1e0ff3;
    private static final byte BOUND_PREFIX = (byte) 0xf2;

    private final ElfFile elf;
    private final long[] slots;
    private final long[] stubs;

    private PltStubs(ElfFile elf, long[] slots) {
        this.elf = elf;
        this.slots = slots;
        this.stubs = new long[slots.length];
    }

    /** Puts the address of its stub into every import that has one. */
    static void locate(ElfFile elf, List<Import> undefined, List<Import> ownFunctions) {
        long[] slots = new long[undefined.size() + ownFunctions.size()];
        int count = addSlots(undefined, slots, addSlots(ownFunctions, slots, 0));
        slots = Arrays.copyOf(slots, count);
        Arrays.sort(slots);
        PltStubs stubs = new PltStubs(elf, slots);
        if (count > 0) {
            stubs.search();
        }
        stubs.putInto(undefined);
        stubs.putInto(ownFunctions);
    }

    private static int addSlots(List<Import> imports, long[] slots, int start) {
        int count = start;
        for (Import anImport : imports) {
            if (mayHaveStub(anImport)) {
                slots[count++] = anImport.slotVirtualAddress();
            }
        }
        return count;
    }

    private static boolean mayHaveStub(Import anImport) {
        return anImport.kind() == Import.Kind.JUMP_SLOT || anImport.kind() == Import.Kind.GLOB_DAT;
    }

    private void putInto(List<Import> imports) {
        for (int i = 0; i < imports.size(); i++) {
            Import anImport = imports.get(i);
            int slot = mayHaveStub(anImport) ? Arrays.binarySearch(slots, anImport.slotVirtualAddress()) : -1;
            if (slot >= 0 && stubs[slot] != 0) {
                imports.set(
                        i, new Import(anImport.symbol(), anImport.kind(), anImport.slotVirtualAddress(), stubs[slot]));
            }
        }
    }

    private void search() {
        if (elf.sections().isEmpty()) {
            for (Segment segment : elf.segments()) {
                if (segment.isExecutable()) {
                    ByteSource code = elf.fileBytes(segment.fileOffset(), segment.fileSize(), "code");
                    search(code.bytes(), segment.virtualAddress(), true);
                }
            }
        } else {
            for (Section section : elf.sections()) {
                if (section.hasFlags(Section.EXECUTABLE) && section.name().startsWith(".plt")) {
                    search(elf.contents(section).bytes(), section.virtualAddress(), false);
                }
            }
        }
    }

    /** @param amongFunctions whether other code than stubs is to be expected */
    private void search(byte[] code, long virtualAddress, boolean amongFunctions) {
        for (int i = 0; i + JUMP_SIZE <= code.length; i++) {
            if (code[i] != (byte) 0xff || code[i + 1] != 0x25) {
                continue;
            }
            int slot = Arrays.binarySearch(slots, virtualAddress + i + JUMP_SIZE + i32(code, i + 2));
            if (slot < 0 || stubs[slot] != 0) {
                continue;
            }
            int start = stubStart(code, i);
            if (!amongFunctions || isStub(code, virtualAddress, start, i + JUMP_SIZE)) {
                stubs[slot] = virtualAddress + start;
            }
        }
    }

    /** Where the stub begins whose jump is at {@code jump}: at an ENDBR64, BND prefix or MOV to %r11 before it. */
    private static int stubStart(byte[] code, int jump) {
        int start = jump;
        if (start >= 1 && code[start - 1] == BOUND_PREFIX) {
            start -= 1;
        }
        if (start >= 6 && code[start - 6] == 0x41 && code[start - 5] == (byte) 0xbb) {
            start -= 6; // mold: mov $number, %r11d
        }
        if (start >= 4 && i32(code, start - 4) == END_BRANCH) {
            start -= 4;
        }
        return start;
    }

    /**
     * Tells a stub from other code that ends in the same jump, as {@code -fno-plt} makes it: the linker aligns stubs and fills
     * them up in a few known ways, and what it writes into the unwind table is not about one stub but about all.
     */
    private boolean isStub(byte[] code, long virtualAddress, int start, int end) {
        if ((virtualAddress + start) % 8 != 0) {
            return false;
        }
        boolean isLazy = end + 10 <= code.length && code[end] == 0x68 && code[end + 5] == (byte) 0xe9;
        if (!isLazy && !isFilledUp(code, start, end)) {
            return false;
        }
        Optional<FunctionRange> range = elf.unwindTable().containing(virtualAddress + start);
        return range.isEmpty() || isTableOfStubs(code, virtualAddress, range.get());
    }

    /** Whether a range that can be unwound consists of stubs: it begins with one, or with the code that binds lazily. */
    private static boolean isTableOfStubs(byte[] code, long virtualAddress, FunctionRange range) {
        long distance = range.virtualAddress() - virtualAddress;
        if (range.length() % 8 != 0 || distance < 0 || distance > code.length - JUMP_SIZE) {
            return false;
        }
        int position = (int) distance;
        if (i32(code, position) == END_BRANCH && position + 5 + JUMP_SIZE <= code.length) {
            position += code[position + 4] == BOUND_PREFIX ? 5 : 4;
        }
        boolean isJump = code[position] == (byte) 0xff && code[position + 1] == 0x25;
        boolean isPush = code[position] == (byte) 0xff && code[position + 1] == 0x35;
        return isJump || isPush;
    }

    private static boolean isFilledUp(byte[] code, int start, int end) {
        int size = end - start <= 8 ? 8 : 16;
        int fill = start + size - end;
        if (end + fill > code.length) {
            return false;
        }
        return switch (fill) {
            case 0 -> true;
            case 1 -> code[end] == (byte) 0x90;
            case 2 -> code[end] == 0x66 && code[end + 1] == (byte) 0x90;
            case 5 -> code[end] == 0x0f && code[end + 1] == 0x1f && code[end + 2] == 0x44;
            case 6 -> (code[end] == 0x66 && code[end + 1] == 0x0f && code[end + 2] == 0x1f) || code[end] == (byte) 0xcc;
            default -> false;
        };
    }

    private static int i32(byte[] code, int offset) {
        return (code[offset] & 0xff)
                | (code[offset + 1] & 0xff) << 8
                | (code[offset + 2] & 0xff) << 16
                | code[offset + 3] << 24;
    }
}
