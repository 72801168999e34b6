package jltrace.dwarf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import jltrace.bytes.ByteSource;
import jltrace.bytes.Cursor;
import org.jspecify.annotations.Nullable;

/** A unit: the entries that were made from one source file, or that several share (3.1). */
final class Unit {
    private final UnitSection section;
    private final UnitHeader header;
    private @Nullable Abbreviations abbreviations;
    private @Nullable Language language;
    private @Nullable Map<Long, List<Die>> functions;
    private long stringOffsetsBase = -1;
    private @Nullable Scopes scopes;
    private boolean linesAsked;
    private Optional<LineTable> lines = Optional.empty();

    Unit(UnitSection section, UnitHeader header) {
        this.section = section;
        this.header = header;
    }

    UnitHeader header() {
        return header;
    }

    Encoding encoding() {
        return header.encoding();
    }

    UnitSection section() {
        return section;
    }

    ByteSource bytes() {
        return section.bytes();
    }

    DwarfFile file() {
        return section.file();
    }

    Abbreviations abbreviations() {
        Abbreviations result = abbreviations;
        if (result == null) {
            result = file().abbreviations(header.abbreviationsOffset(), header.encoding());
            abbreviations = result;
        }
        return result;
    }

    /** The first entry, which speaks of the unit as a whole. */
    Die root() {
        return entry(header.firstEntryOffset());
    }

    /**
     * The entry at an offset in the section.
     *
     * @throws DwarfException if it is not one of this unit, or is the null entry that ends a list
     */
    Die entry(long offset) {
        if (offset < header.firstEntryOffset() || offset >= header.end()) {
            throw DwarfException.badReference(file().name(), "entry of the unit at offset", offset);
        }
        Cursor cursor = new Cursor(bytes(), offset);
        int abbreviation = abbreviations().index(cursor.uleb128());
        if (abbreviation == Abbreviations.NONE) {
            throw DwarfException.badReference(file().name(), "entry at offset", offset);
        }
        return new Die(this, offset, abbreviation, cursor.position());
    }

    /** The entries from the first on. */
    DieWalk walk() {
        return new DieWalk(this, header.firstEntryOffset());
    }

    /** The language that it was written in; a partial unit need not tell. */
    Language language() {
        Language result = language;
        if (result == null) {
            Unit skeleton = file().skeleton();
            long code = root().constant(Attribute.LANGUAGE).orElse(0);
            result = code == 0 && skeleton != null ? skeleton.language() : Language.of(code);
            language = result;
        }
        return result;
    }

    /** The namespaces and classes that entries are in. */
    Scopes scopes() {
        Scopes result = scopes;
        if (result == null) {
            result = Scopes.of(this);
            scopes = result;
        }
        return result;
    }

    /** The lines that its code comes from; empty if it does not tell. */
    Optional<LineTable> lines() {
        if (!linesAsked) {
            lines = LineTable.of(this);
            linesAsked = true;
        }
        return lines;
    }

    /** The functions whose code begins at an address. */
    List<Die> functionsAt(long virtualAddress) {
        return functions().getOrDefault(virtualAddress, List.of());
    }

    /** Whether a function has code in it. */
    boolean hasFunctions() {
        return !functions().isEmpty();
    }

    private Map<Long, List<Die>> functions() {
        Map<Long, List<Die>> result = functions;
        if (result == null) {
            result = new HashMap<>();
            DieWalk walk = walk();
            while (walk.next()) {
                if (walk.tag() == Tag.SUBPROGRAM) {
                    Die die = walk.die();
                    OptionalLong address = AddressRangeList.entryAddress(die);
                    if (address.isPresent()) {
                        result.computeIfAbsent(address.getAsLong(), key -> new ArrayList<>(1))
                                .add(die);
                    }
                } else if (Tag.isClass(walk.tag()) || walk.tag() == Tag.SUBROUTINE_TYPE) {
                    walk.skipChildren();
                }
            }
            functions = result;
        }
        return result;
    }

    /** The identifier that the skeleton and the split unit have in common; empty if it is neither. */
    OptionalLong splitIdentifier() {
        if (header.type() == UnitHeader.SKELETON || header.type() == UnitHeader.SPLIT_COMPILE) {
            return OptionalLong.of(header.identifier());
        }
        return header.encoding().version() < 5 ? root().constant(Attribute.GNU_DWO_ID) : OptionalLong.empty();
    }

    /** What the name of the split file is; empty if the unit is not a skeleton. */
    Optional<String> splitFileName() {
        if (section.isTypes() || file().isSplit()) {
            return Optional.empty();
        }
        if (header.type() == UnitHeader.SKELETON) {
            return root().string(Attribute.DWO_NAME);
        }
        return header.encoding().version() < 5 ? root().string(Attribute.GNU_DWO_NAME) : Optional.empty();
    }

    /** Where in {@code .debug_str} a string is, by its number in {@code .debug_str_offsets} (7.26). */
    long stringOffset(long index) {
        Encoding encoding = header.encoding();
        if (stringOffsetsBase < 0) {
            stringOffsetsBase = encoding.version() < 5
                    ? 0
                    : root().constant(Attribute.STR_OFFSETS_BASE).orElse(encoding.offsetSize() == 8 ? 16 : 8);
        }
        long at = stringOffsetsBase + scaled(index, encoding.offsetSize());
        return UnitHeader.offset(new Cursor(file().bytes(DebugSection.STRING_OFFSETS), at), encoding.offsetSize());
    }

    /** An address by its number in {@code .debug_addr} (7.27), which only the linked file has. */
    long addressAtIndex(long index) {
        Unit skeleton = file().skeleton();
        if (skeleton != null) {
            return skeleton.addressAtIndex(index);
        }
        Encoding encoding = header.encoding();
        Die root = root();
        long base = encoding.version() < 5
                ? root.constant(Attribute.GNU_ADDR_BASE).orElse(0)
                : root.constant(Attribute.ADDR_BASE).orElse(encoding.offsetSize() == 8 ? 16 : 8);
        Cursor cursor = new Cursor(file().bytes(DebugSection.ADDRESSES), base + scaled(index, encoding.addressSize()));
        return UnitHeader.offset(cursor, encoding.addressSize());
    }

    /** An index from the file times the size of an entry; what is too large to be one stays too large. */
    private static long scaled(long index, int size) {
        return index < 0 || index > Integer.MAX_VALUE ? Long.MAX_VALUE / 2 : index * size;
    }
}
