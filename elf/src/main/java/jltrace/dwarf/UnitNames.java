package jltrace.dwarf;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Tells which units have entries of a name, where a compiler, a linker or gdb has written an index of names into the file. */
sealed interface UnitNames permits DebugNames, GdbIndex {

    /**
     * Where in {@code .debug_info} the units begin which define something of a name: a function with code, a variable or a type. A
     * unit that only declares it may be missing. None if there is none, or if the index can't tell.
     *
     * @param name the name that an entry has itself, without namespaces and classes
     */
    Set<Long> unitsDefining(String name);

    /** The index of a file; empty if it has none, or none that is whole and of a kind which is known. */
    static Optional<UnitNames> of(DwarfFile file) {
        Optional<DebugNames> names = DebugNames.of(file);
        return names.isPresent() ? Optional.of(names.get()) : GdbIndex.of(file).map(index -> index);
    }

    /** Whether all units of a file are among those of its index: linkers pass on what some of the object files had. */
    static boolean areAll(Set<Long> indexed, DwarfFile file) {
        Set<Long> missing = new HashSet<>();
        for (UnitHeader header : file.info().headers()) {
            missing.add(header.offset());
        }
        int units = missing.size();
        missing.removeAll(indexed);
        return units > 0 && missing.isEmpty() && indexed.size() == units;
    }
}
