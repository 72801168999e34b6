package jltrace.elf;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
        EncodedPointer framePointer = new EncodedPointer(header.u8(1));
        long framesAddress = framePointer.read(cursor, segment.virtualAddress(), segment.virtualAddress());
        CallFrameReader frames = new CallFrameReader(elf.name(), elf.loadedBytesFrom(framesAddress), framesAddress);
        FunctionRange[] found = frames.readAll().toArray(new FunctionRange[0]);
        Arrays.sort(found, new ByAddress());
        return new UnwindTable(List.of(found));
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

    /** Bytes of the range that begins at {@code virtualAddress}. */
    OptionalLong sizeOfFunctionAt(long virtualAddress) {
        Optional<FunctionRange> range = at(virtualAddress);
        return range.isPresent() ? OptionalLong.of(range.get().length()) : OptionalLong.empty();
    }

    private static final class ByAddress implements Comparator<FunctionRange> {
        @Override
        public int compare(FunctionRange first, FunctionRange second) {
            return Long.compareUnsigned(first.virtualAddress(), second.virtualAddress());
        }
    }
}
