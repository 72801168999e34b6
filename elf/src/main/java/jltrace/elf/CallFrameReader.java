package jltrace.elf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jltrace.bytes.ByteSource;
import jltrace.bytes.Cursor;

/**
 * Reads the entries of {@code .eh_frame}: a frame description entry (FDE) for each range of code, which refers to what it
 * has in common with others (CIE).
 */
final class CallFrameReader {
    private static final long LONG_LENGTH = 0xffff_ffffL;

    private final String fileName;
    private final ByteSource frames;
    private final long virtualAddress;
    private final Map<Long, CommonInformation> commonByOffset = new HashMap<>();

    /** What frame descriptions have in common, as far as it says how to read them. */
    private record CommonInformation(
            EncodedPointer codePointer,
            EncodedPointer languageDataPointer,
            boolean hasAugmentationData,
            boolean hasPersonality,
            boolean isSignalFrame) {}

    /**
     * @param frames the entries, and possibly more behind them
     * @param virtualAddress where {@code frames} begins
     */
    CallFrameReader(String fileName, ByteSource frames, long virtualAddress) {
        this.fileName = fileName;
        this.frames = frames;
        this.virtualAddress = virtualAddress;
    }

    /** Reads all entries up to the end mark. */
    List<FunctionRange> readAll() {
        List<FunctionRange> ranges = new ArrayList<>();
        Cursor cursor = new Cursor(frames);
        while (cursor.remaining() >= 4) {
            long length = cursor.u32();
            if (length == 0) {
                break;
            }
            if (length == LONG_LENGTH) {
                length = cursor.i64();
            }
            long start = cursor.position();
            cursor.skip(length);
            long distance = frames.u32(start);
            if (distance != 0) {
                FunctionRange range = readRange(start, start + length, common(start - distance));
                if (range.length() != 0) {
                    ranges.add(range);
                }
            }
        }
        return ranges;
    }

    /** Reads the frame description entry at a virtual address. */
    FunctionRange readAt(long address) {
        Cursor cursor = new Cursor(frames, address - virtualAddress);
        long length = cursor.u32();
        if (length == LONG_LENGTH) {
            length = cursor.i64();
        }
        long start = cursor.position();
        cursor.skip(length);
        return readRange(start, start + length, common(start - frames.u32(start)));
    }

    /** @param start offset behind the length of the entry */
    private FunctionRange readRange(long start, long end, CommonInformation common) {
        Cursor cursor = new Cursor(frames.slice(0, end), start + 4);
        long address = common.codePointer.read(cursor, virtualAddress, 0);
        long length = common.codePointer.readNumber(cursor);
        boolean hasLanguageData = false;
        if (common.hasAugmentationData && common.languageDataPointer.encoding() != EncodedPointer.OMITTED) {
            cursor.uleb128();
            hasLanguageData = common.languageDataPointer.readNumber(cursor) != 0;
        }
        return new FunctionRange(address, length, common.hasPersonality, hasLanguageData, common.isSignalFrame);
    }

    /** @param lengthOffset offset of the length of a common information entry */
    private CommonInformation common(long lengthOffset) {
        CommonInformation known = commonByOffset.get(lengthOffset);
        if (known == null) {
            known = readCommon(lengthOffset);
            commonByOffset.put(lengthOffset, known);
        }
        return known;
    }

    private CommonInformation readCommon(long lengthOffset) {
        Cursor cursor = new Cursor(frames, lengthOffset);
        long length = cursor.u32();
        if (length == LONG_LENGTH) {
            length = cursor.i64();
        }
        cursor = new Cursor(frames.slice(0, cursor.position() + length), cursor.position());
        if (cursor.u32() != 0) {
            throw ElfException.corrupt(fileName, "unwind entry without common entry", frames.origin() + lengthOffset);
        }
        int version = cursor.u8();
        String augmentation = cursor.string();
        cursor.uleb128(); // code alignment
        cursor.sleb128(); // data alignment
        if (version == 1) {
            cursor.u8(); // return address register
        } else {
            cursor.uleb128();
        }
        return readAugmentation(augmentation, cursor, lengthOffset);
    }

    private CommonInformation readAugmentation(String augmentation, Cursor cursor, long lengthOffset) {
        EncodedPointer code = new EncodedPointer(0);
        EncodedPointer languageData = new EncodedPointer(EncodedPointer.OMITTED);
        boolean hasData = augmentation.startsWith("z");
        boolean hasPersonality = false;
        boolean isSignalFrame = false;
        if (hasData) {
            cursor.uleb128();
        }
        for (int i = hasData ? 1 : 0; i < augmentation.length(); i++) {
            switch (augmentation.charAt(i)) {
                case 'L' -> languageData = readEncoding(cursor, lengthOffset);
                case 'R' -> code = readEncoding(cursor, lengthOffset);
                case 'P' -> {
                    readEncoding(cursor, lengthOffset).read(cursor, virtualAddress, 0);
                    hasPersonality = true;
                }
                case 'S' -> isSignalFrame = true;
                case 'B' -> {} // return address signed with key B, without data
                default ->
                    throw ElfException.corrupt(
                            fileName,
                            "unwind entry of unknown form \"" + augmentation + "\"",
                            frames.origin() + lengthOffset);
            }
        }
        return new CommonInformation(code, languageData, hasData, hasPersonality, isSignalFrame);
    }

    private EncodedPointer readEncoding(Cursor cursor, long lengthOffset) {
        EncodedPointer pointer = new EncodedPointer(cursor.u8());
        if (!pointer.isReadable() && pointer.encoding() != EncodedPointer.OMITTED) {
            throw ElfException.corrupt(
                    fileName,
                    "unknown pointer encoding 0x" + Integer.toHexString(pointer.encoding()),
                    frames.origin() + lengthOffset);
        }
        return pointer;
    }
}
