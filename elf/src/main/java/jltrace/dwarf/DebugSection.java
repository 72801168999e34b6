package jltrace.dwarf;

/** The sections of debug information, by what their names have in common with and without {@code .dwo}. */
enum DebugSection {
    INFO(".debug_info"),
    TYPES(".debug_types"),
    ABBREVIATIONS(".debug_abbrev"),
    STRINGS(".debug_str"),
    LINE_STRINGS(".debug_line_str"),
    STRING_OFFSETS(".debug_str_offsets"),
    ADDRESSES(".debug_addr"),
    RANGES(".debug_ranges"),
    RANGE_LISTS(".debug_rnglists"),
    ADDRESS_RANGES(".debug_aranges"),
    LINES(".debug_line"),
    NAMES(".debug_names"),
    GDB_INDEX(".gdb_index"),
    UNIT_INDEX(".debug_cu_index"),
    TYPE_UNIT_INDEX(".debug_tu_index");

    private final String sectionName;

    DebugSection(String sectionName) {
        this.sectionName = sectionName;
    }

    /** The section's name in a linked file. */
    String sectionName() {
        return sectionName;
    }
}
