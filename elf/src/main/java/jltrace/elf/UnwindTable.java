package jltrace.elf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import jltrace.bytes.ByteSource;
import jltrace.bytes.Cursor;
import jltrace.bytes.MalformedBytesException;

/**
 * The ranges of code in {@code .eh_frame}, found through {@code PT_GNU_EH_FRAME} and so also in stripped files: all that
 * is known of the functions of a stripped object (Linux Standard Base, "Exception Frames"; DWARF 5, 6.4.1).
 */
public final class UnwindTable implements Iterable<FunctionRange> {
    private final List<FunctionRange> ranges;

    private UnwindTable(List<FunctionRange> ranges) {
        this.ranges = ranges;
    }

    /** Reads the table of an object; empty if it has none. */
    static UnwindTable of(ElfFile elf) {
        for (Segment segment : elf.segments()) {
            if (segment.type() == Segment.GNU_EH_FRAME && segment.fileSize() != 0) {
                try {
                    return of(elf, segment);
                } catch (MalformedBytesException e) {
                    throw ElfException.corrupt(elf.name(), "unwind table", e);
                }
            }
        }
        return new UnwindTable(List.of());
    }

    private static UnwindTable of(ElfFile elf, Segment segment) {
        ByteSource header = elf.fileBytes(segment.fileOffset(), segment.fileSize(), "unwind table");
        if (header.u8(0) != 1) {
            throw ElfException.corrupt(elf.name(), "unwind table of version " + header.u8(0), segment.fileOffset());
        }
        Cursor cursor = new Cursor(header, 4);
        long headerAddress = segment.virtualAddress();
        long framesAddress = pointer(elf, header.u8(1)).read(cursor, headerAddress, headerAddress);
        CallFrameReader frames = new CallFrameReader(elf.name(), elf.loadedBytesFrom(framesAddress), framesAddress);
        boolean hasIndex = header.u8(2) != EncodedPointer.OMITTED && header.u8(3) != EncodedPointer.OMITTED;
        // Unwinding goes by the index; the entries themselves may run on into other data without an end mark.
        List<FunctionRange> ranges =
                hasIndex ? readIndexed(elf, header, cursor, headerAddress, frames) : frames.readAll();
        FunctionRange[] found = ranges.toArray(new FunctionRange[0]);
        Arrays.sort(found, new ByAddress());
        return new UnwindTable(List.of(found));
    }

    /** Reads the entries that the index in the header names, which begins at {@code cursor}. */
    private static List<FunctionRange> readIndexed(
            ElfFile elf, ByteSource header, Cursor cursor, long headerAddress, CallFrameReader frames) {
        long count = pointer(elf, header.u8(2)).read(cursor, headerAddress, headerAddress);
        EncodedPointer pointer = pointer(elf, header.u8(3));
        List<FunctionRange> ranges = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            pointer.read(cursor, headerAddress, headerAddress); // where the code begins
            FunctionRange range = frames.readAt(pointer.read(cursor, headerAddress, headerAddress));
            if (range.length() != 0) {
                ranges.add(range);
            }
        }
        return ranges;
    }

    private static EncodedPointer pointer(ElfFile elf, int encoding) {
        EncodedPointer pointer = new EncodedPointer(encoding);
        if (!pointer.isReadable()) {
            throw ElfException.corrupt(
                    elf.name(), "unknown pointer encoding 0x" + Integer.toHexString(encoding) + " in unwind table");
        }
        return pointer;
    }

    /** Number of ranges. */
    public int size() {
        return ranges.size();
    }

    /** The range at {@code index}, in the order of their addresses. */
    public FunctionRange get(int index) {
        return ranges.get(index);
    }

    /** The ranges in the order of their addresses. */
    public List<FunctionRange> ranges() {
        return ranges;
    }

    /** As {@link #ranges()}. */
    @Override
    public Iterator<FunctionRange> iterator() {
        return ranges.iterator();
    }

    /** The range that begins at {@code virtualAddress}. */
    public Optional<FunctionRange> at(long virtualAddress) {
        Optional<FunctionRange> range = containing(virtualAddress);
        return range.isPresent() && range.get().virtualAddress() == virtualAddress ? range : Optional.empty();
    }

    /** The range that {@code virtualAddress} lies in. */
    public Optional<FunctionRange> containing(long virtualAddress) {
        int low = 0;
        int high = ranges.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(ranges.get(middle).virtualAddress(), virtualAddress) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        if (high < 0) {
            return Optional.empty();
        }
        FunctionRange range = ranges.get(high);
        return Long.compareUnsigned(virtualAddress - range.virtualAddress(), range.length()) < 0
                ? Optional.of(range)
                : Optional.empty();
    }

    private static final class ByAddress implements Comparator<FunctionRange> {
        @Override
        public int compare(FunctionRange first, FunctionRange second) {
            return Long.compareUnsigned(first.virtualAddress(), second.virtualAddress());
        }
    }
}
