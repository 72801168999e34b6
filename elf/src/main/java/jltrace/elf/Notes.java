package jltrace.elf;

import java.util.ArrayList;
import java.util.List;
import jltrace.bytes.ByteSource;
import jltrace.bytes.MalformedBytesException;

/** Notes of {@code PT_NOTE} segments and {@code SHT_NOTE} sections (gABI chapter 5, "Note Section"). */
public final class Notes {
    private static final int HEADER_SIZE = 12;
    private static final int BUILD_ID_TYPE = 3;

    private Notes() {}

    /**
     * A note.
     *
     * @param owner who says what the type means, such as {@code GNU}
     * @param type kind of note, for its owner
     * @param description the contents
     */
    public record Note(String owner, int type, ByteSource description) {
        /** Whether it is the build id that the static linker wrote. */
        public boolean isBuildId() {
            return type == BUILD_ID_TYPE && owner.equals("GNU");
        }
    }

    /**
     * All notes of one section or segment.
     *
     * @param fileName what to call the file in messages
     * @param table the section or segment
     * @param alignment of the section or segment: 8 pads names and descriptions to 8 bytes, all else to 4
     */
    static List<Note> read(String fileName, ByteSource table, long alignment) {
        try {
            return read(table, alignment == 8 ? 7 : 3);
        } catch (MalformedBytesException e) {
            throw ElfException.corrupt(fileName, "notes", e);
        }
    }

    private static List<Note> read(ByteSource table, long mask) {
        List<Note> notes = new ArrayList<>();
        long position = 0;
        while (table.size() - position >= HEADER_SIZE) {
            long nameSize = table.u32(position);
            long descriptionSize = table.u32(position + 4);
            int type = table.i32(position + 8);
            long descriptionStart = position + ((HEADER_SIZE + nameSize + mask) & ~mask);
            ByteSource name = table.slice(position + HEADER_SIZE, nameSize);
            // Without a description, the padding before it may be missing.
            ByteSource description =
                    descriptionSize == 0 ? ElfFile.NO_BYTES : table.slice(descriptionStart, descriptionSize);
            notes.add(new Note(owner(name), type, description));
            position = descriptionStart + ((descriptionSize + mask) & ~mask);
        }
        return notes;
    }

    private static String owner(ByteSource name) {
        return name.size() == 0 || name.u8(name.size() - 1) != 0 ? "" : name.string(0);
    }
}
