package jltrace.dwarf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jltrace.bytes.ByteSource;
import org.jspecify.annotations.Nullable;

/** The units of one section: {@code .debug_info}, or {@code .debug_types} of DWARF 4. */
final class UnitSection {
    private final DwarfFile file;
    private final ByteSource bytes;
    private final boolean types;
    private final Map<Long, Unit> units = new HashMap<>();
    private @Nullable List<UnitHeader> headers;

    UnitSection(DwarfFile file, ByteSource bytes, boolean types) {
        this.file = file;
        this.bytes = bytes;
        this.types = types;
    }

    DwarfFile file() {
        return file;
    }

    ByteSource bytes() {
        return bytes;
    }

    /** Whether it is {@code .debug_types}. */
    boolean isTypes() {
        return types;
    }

    /** The headers of all units in their order. */
    List<UnitHeader> headers() {
        List<UnitHeader> result = headers;
        if (result == null) {
            result = new ArrayList<>();
            for (long offset = 0; offset < bytes.size(); ) {
                UnitHeader header = UnitHeader.read(bytes, offset, types, file.name());
                result.add(header);
                offset = header.end();
            }
            headers = result;
        }
        return result;
    }

    /** The unit with this header. */
    Unit unit(UnitHeader header) {
        return units.computeIfAbsent(header.offset(), offset -> new Unit(this, header));
    }

    /** The unit that begins at an offset; empty if none does. */
    Optional<Unit> unitAt(long offset) {
        int index = indexOf(offset);
        return index >= 0 && headers().get(index).offset() == offset
                ? Optional.of(unit(headers().get(index)))
                : Optional.empty();
    }

    /**
     * The entry at an offset.
     *
     * @throws DwarfException if there is none
     */
    Die entry(long offset) {
        int index = indexOf(offset);
        if (index < 0) {
            throw DwarfException.badReference(file.name(), "unit around offset", offset);
        }
        return unit(headers().get(index)).entry(offset);
    }

    /**
     * The entry at an offset, without looking at other units.
     *
     * @param distance how far its unit begins before it; {@link DebugIndex#FAR} if it is too far to tell
     * @throws DwarfException if there is none
     */
    Die entry(long offset, int distance) {
        if (distance == DebugIndex.FAR) {
            return entry(offset);
        }
        long start = offset - distance;
        Unit unit = units.get(start);
        return (unit == null ? unit(UnitHeader.read(bytes, start, types, file.name())) : unit).entry(offset);
    }

    /** The place among the headers of the unit around an offset; negative if there is none. */
    private int indexOf(long offset) {
        List<UnitHeader> all = headers();
        int low = 0;
        int high = all.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            UnitHeader header = all.get(middle);
            if (offset < header.offset()) {
                high = middle - 1;
            } else if (offset >= header.end()) {
                low = middle + 1;
            } else {
                return middle;
            }
        }
        return -1;
    }
}
