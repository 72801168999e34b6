package jltrace.elf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import jltrace.bytes.ByteSource;
import jltrace.bytes.MalformedBytesException;
import org.jspecify.annotations.Nullable;

/**
 * An ELF64 little-endian file for x86-64: program, shared library, debug file or object file.
 *
 * <p>Opening reads the header and the program headers; all else is read when it is asked for, and then kept. Any method may
 * throw {@link ElfException} with kind {@code CORRUPT} when it comes upon contents that cannot be. For any number of threads.
 */
public final class ElfFile {
    static final ByteSource NO_BYTES = ByteSource.of(new byte[0]);
    private static final long PAGE_SIZE = 4096;

    private final String name;
    private final ByteSource bytes;
    private final @Nullable Object fileKey;
    private final ElfHeader header;
    private final List<Segment> segments;
    private @Nullable List<Section> sections;
    private @Nullable DynamicTable dynamic;
    private @Nullable DynamicSymbols dynamicSymbols;
    private @Nullable SymbolTable symbols;
    private @Nullable Imports imports;
    private @Nullable UnwindTable unwindTable;

    private ElfFile(ByteSource bytes, String name, @Nullable Object fileKey) {
        this.name = name;
        this.bytes = bytes;
        this.fileKey = fileKey;
        try {
            this.header = ElfHeader.read(bytes, name);
            this.segments = readSegments();
        } catch (MalformedBytesException e) {
            throw ElfException.corrupt(name, "ELF header", e);
        }
    }

    /**
     * Opens a file; there is nothing to close.
     *
     * @throws IOException if it does not exist, is not a regular file, cannot be read, or another takes its place meanwhile
     * @throws ElfException if it is not an ELF file for x86-64
     */
    public static ElfFile open(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            // Opening a FIFO would wait for a writer.
            throw new IOException(path + ": not a regular file");
        }
        ElfFile opened = new ElfFile(ByteSource.map(path), path.toString(), attributes.fileKey());
        if (!opened.isAt(path)) {
            throw new IOException(path + ": another file took its place while it was opened");
        }
        return opened;
    }

    /**
     * Whether a path leads to the very file that this was opened from, and not to one that has taken its place. While this is in use,
     * no other file can have its inode number.
     */
    public boolean isAt(Path path) {
        try {
            Object now = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
            return now != null && now.equals(fileKey);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * An ELF file in memory.
     *
     * @param name what to call it in messages
     * @throws ElfException if it is not an ELF file for x86-64
     */
    public static ElfFile parse(ByteSource bytes, String name) {
        return new ElfFile(bytes, name, null);
    }

    /** What it was opened as: the path. */
    public String name() {
        return name;
    }

    /** The whole file. */
    public ByteSource bytes() {
        return bytes;
    }

    /** What the file is for. */
    public ElfType type() {
        return header.type();
    }

    /**
     * Whether it was linked as a program: for a fixed address, or marked as position-independent program, or (by linkers
     * before that mark) with a dynamic loader but without a name for others to need it by.
     */
    public boolean isExecutableProgram() {
        return switch (type()) {
            case EXECUTABLE -> true;
            case SHARED_OBJECT ->
                dynamic().isPositionIndependentProgram()
                        || (interpreter().isPresent() && dynamic().soname().isEmpty());
            case RELOCATABLE, CORE, OTHER -> false;
        };
    }

    /** Virtual address of the first instruction of a program, 0 if there is none. */
    public long entryPoint() {
        return header.entryPoint();
    }

    /** The program headers. */
    public List<Segment> segments() {
        return segments;
    }

    /** The section headers, section 0 included; empty if they were stripped. */
    public List<Section> sections() {
        List<Section> result = sections;
        if (result == null) {
            try {
                result = SectionHeaders.read(bytes, header);
            } catch (MalformedBytesException e) {
                throw ElfException.corrupt(name, "section headers", e);
            }
            sections = result;
        }
        return result;
    }

    /** The first section of this name. */
    public Optional<Section> section(String sectionName) {
        for (Section section : sections()) {
            if (section.name().equals(sectionName)) {
                return Optional.of(section);
            }
        }
        return Optional.empty();
    }

    /** The bytes of a section as they are in the file, empty if it has none there. */
    public ByteSource contents(Section section) {
        return section.hasBytes() ? fileBytes(section.fileOffset(), section.size(), section.name()) : NO_BYTES;
    }

    /** Path of the dynamic loader: the contents of {@code PT_INTERP}. */
    public Optional<String> interpreter() {
        for (Segment segment : segments) {
            if (segment.type() == Segment.INTERPRETER && segment.fileSize() != 0) {
                try {
                    return Optional.of(fileBytes(segment.fileOffset(), segment.fileSize(), "interpreter")
                            .string(0));
                } catch (MalformedBytesException e) {
                    throw ElfException.corrupt(name, "interpreter", e);
                }
            }
        }
        return Optional.empty();
    }

    /** What it tells the dynamic loader; empty for static programs and debug files. */
    public DynamicTable dynamic() {
        DynamicTable result = dynamic;
        if (result == null) {
            result = readDynamic();
            dynamic = result;
        }
        return result;
    }

    /** The symbols that the dynamic loader knows; empty if there are none. */
    public SymbolTable dynamicSymbols() {
        return dynamicSymbolsWithVersions().table();
    }

    /** The symbols of {@code .symtab}; empty if it was stripped. */
    public SymbolTable symbols() {
        SymbolTable result = symbols;
        if (result == null) {
            result = SectionHeaders.symbolTable(this);
            symbols = result;
        }
        return result;
    }

    /** The functions that it calls or takes addresses of through the dynamic loader. */
    public Imports imports() {
        Imports result = imports;
        if (result == null) {
            try {
                result = Imports.read(this);
            } catch (MalformedBytesException e) {
                throw ElfException.corrupt(name, "relocations", e);
            }
            imports = result;
        }
        return result;
    }

    /** The ranges of code that can be unwound: the functions, even of a stripped file. */
    public UnwindTable unwindTable() {
        UnwindTable result = unwindTable;
        if (result == null) {
            result = UnwindTable.of(this);
            unwindTable = result;
        }
        return result;
    }

    /** The build id, in lower-case hexadecimal digits. */
    public Optional<String> buildId() {
        for (Notes.Note note : segmentNotes()) {
            if (note.isBuildId()) {
                return Optional.of(hexadecimal(note.description()));
            }
        }
        for (Notes.Note note : notes()) {
            if (note.isBuildId()) {
                return Optional.of(hexadecimal(note.description()));
            }
        }
        return Optional.empty();
    }

    /** All notes: those of the sections, which may have some that are not loaded, or without sections of the segments. */
    public List<Notes.Note> notes() {
        if (sections().isEmpty()) {
            return segmentNotes();
        }
        List<Notes.Note> notes = new ArrayList<>();
        for (Section section : sections()) {
            if (section.type() == Section.NOTE) {
                notes.addAll(Notes.read(name, contents(section), section.alignment()));
            }
        }
        return notes;
    }

    private List<Notes.Note> segmentNotes() {
        List<Notes.Note> notes = new ArrayList<>();
        for (Segment segment : segments) {
            if (segment.type() == Segment.NOTE) {
                ByteSource table = fileBytes(segment.fileOffset(), segment.fileSize(), "notes");
                notes.addAll(Notes.read(name, table, segment.alignment()));
            }
        }
        return notes;
    }

    /** File offset of an address in an executable {@code PT_LOAD}: where a probe goes. */
    public OptionalLong fileOffsetOf(long virtualAddress) {
        for (Segment segment : segments) {
            if (segment.isExecutable() && segment.holdsFileBytesOf(virtualAddress)) {
                return OptionalLong.of(segment.fileOffset() + (virtualAddress - segment.virtualAddress()));
            }
        }
        return OptionalLong.empty();
    }

    /** Virtual address of a file offset in an executable {@code PT_LOAD}. */
    public OptionalLong virtualAddressOf(long fileOffset) {
        for (Segment segment : segments) {
            long distance = fileOffset - segment.fileOffset();
            if (segment.isExecutable() && distance >= 0 && distance < segment.fileSize()) {
                return OptionalLong.of(segment.virtualAddress() + distance);
            }
        }
        return OptionalLong.empty();
    }

    /**
     * What is added to virtual addresses in a process, from one of its executable mappings of this file (a line of
     * /proc/PID/maps); empty if this file has no executable segment there.
     *
     * @param mappingStart address in the process where the mapping begins
     * @param mappingFileOffset file offset where the mapping begins
     */
    public OptionalLong loadBias(long mappingStart, long mappingFileOffset) {
        Segment segment = executableSegment(mappingFileOffset);
        return segment == null
                ? OptionalLong.empty()
                : OptionalLong.of(loadBias(segment, mappingStart, mappingFileOffset));
    }

    /**
     * Whether an address in a process is in a readable {@code PT_LOAD}, from one of the process's executable mappings of this file as
     * in {@link #loadBias}. Allocates nothing.
     */
    public boolean isReadable(long addressInProcess, long mappingStart, long mappingFileOffset) {
        Segment executable = executableSegment(mappingFileOffset);
        if (executable == null) {
            return false;
        }
        long virtualAddress = addressInProcess - loadBias(executable, mappingStart, mappingFileOffset);
        for (int i = 0; i < segments.size(); i++) {
            if (segments.get(i).isReadable() && segments.get(i).holds(virtualAddress)) {
                return true;
            }
        }
        return false;
    }

    /** The segment that an executable mapping is of: the loader maps whole pages. */
    private @Nullable Segment executableSegment(long mappingFileOffset) {
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (segment.isExecutable()
                    && mappingFileOffset >= (segment.fileOffset() & -PAGE_SIZE)
                    && mappingFileOffset - segment.fileOffset() < segment.fileSize()) {
                return segment;
            }
        }
        return null;
    }

    private static long loadBias(Segment segment, long mappingStart, long mappingFileOffset) {
        // A mapping may also be the rest of a segment that was split by mprotect(2).
        long distance = mappingFileOffset - (segment.fileOffset() & -PAGE_SIZE);
        return mappingStart - distance - (segment.virtualAddress() & -PAGE_SIZE);
    }

    /** Two lower-case digits for each byte. */
    static String hexadecimal(ByteSource bytes) {
        StringBuilder digits = new StringBuilder();
        for (byte b : bytes.bytes()) {
            digits.append(Character.forDigit((b >> 4) & 0xf, 16)).append(Character.forDigit(b & 0xf, 16));
        }
        return digits.toString();
    }

    DynamicSymbols dynamicSymbolsWithVersions() {
        DynamicSymbols result = dynamicSymbols;
        if (result == null) {
            try {
                result = DynamicSymbols.read(this);
            } catch (MalformedBytesException e) {
                throw ElfException.corrupt(name, "dynamic symbols", e);
            }
            dynamicSymbols = result;
        }
        return result;
    }

    /** The bytes from an address to the end of what the file has of its {@code PT_LOAD}. */
    ByteSource loadedBytesFrom(long virtualAddress) {
        for (Segment segment : segments) {
            if (segment.isLoad() && segment.holdsFileBytesOf(virtualAddress)) {
                long distance = virtualAddress - segment.virtualAddress();
                // The file may be cut short behind the tables that are wanted.
                long available = Math.max(0, bytes.size() - segment.fileOffset());
                long size = Math.min(segment.fileSize(), available) - distance;
                return fileBytes(segment.fileOffset() + distance, size, "segment");
            }
        }
        throw ElfException.corrupt(name, "address 0x" + Long.toHexString(virtualAddress) + " is in no segment");
    }

    ByteSource fileBytes(long fileOffset, long size, String part) {
        try {
            return bytes.slice(fileOffset, size);
        } catch (MalformedBytesException e) {
            throw ElfException.corrupt(name, part, e);
        }
    }

    private List<Segment> readSegments() {
        long count = header.segmentCount();
        ByteSource table =
                bytes.slice(count == 0 ? 0 : header.segmentTableOffset(), count * ElfHeader.SEGMENT_HEADER_SIZE);
        List<Segment> result = new ArrayList<>((int) count);
        for (int i = 0; i < count; i++) {
            long at = (long) i * ElfHeader.SEGMENT_HEADER_SIZE;
            result.add(new Segment(
                    table.i32(at),
                    table.i32(at + 4),
                    table.i64(at + 8),
                    table.i64(at + 16),
                    table.i64(at + 32),
                    table.i64(at + 40),
                    table.i64(at + 48)));
        }
        return List.copyOf(result);
    }

    private DynamicTable readDynamic() {
        ByteSource table = NO_BYTES;
        for (Segment segment : segments) {
            if (segment.type() == Segment.DYNAMIC && !SectionHeaders.isWithoutBytes(bytes, header, segment)) {
                table = fileBytes(segment.fileOffset(), segment.fileSize(), "dynamic table");
            }
        }
        return DynamicTable.read(this, table);
    }

    @Override
    public String toString() {
        return "ElfFile[" + name + "]";
    }
}
