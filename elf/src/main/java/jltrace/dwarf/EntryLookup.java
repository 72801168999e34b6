package jltrace.dwarf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds entries of a file by name or address, reading as little as it can: with an index that an earlier run has kept, else with what
 * the file has for that, else by going over all entries once.
 */
final class EntryLookup {
    private final DwarfFile file;
    private final IndexCache cache;
    private @Nullable DebugIndex index;
    private boolean cacheAsked;
    private boolean namesAsked;
    private Optional<UnitNames> names = Optional.empty();
    private final Map<Long, DebugIndex> unitIndexes = new HashMap<>();
    private @Nullable UnitFinder unitFinder;
    private @Nullable List<Unit> unitsToLookThrough;

    EntryLookup(DwarfFile file, IndexCache cache) {
        this.file = file;
        this.cache = cache;
    }

    /** The entries of a name, simple or qualified. */
    List<Die> named(DebugIndex.Kind kind, String name) {
        // Indexes in the file leave out declarations; whether something is only declared, the whole has to tell.
        if (kind != DebugIndex.Kind.DECLARATION
                && indexIfCheap() == null
                && unitNames().isPresent()) {
            UnitNames known = unitNames().orElseThrow();
            String component = lastComponent(name);
            Set<Long> units = new TreeSet<>(known.unitsDefining(component));
            if (!component.equals(name)) {
                units.addAll(known.unitsDefining(name));
            }
            List<DebugIndex> indexes = units.stream().map(this::indexOfUnit).toList();
            List<Die> found = named(kind, name, indexes);
            if (!found.isEmpty()) {
                return found;
            }
        }
        return named(kind, name, List.of(index()));
    }

    private List<Die> named(DebugIndex.Kind kind, String name, List<DebugIndex> indexes) {
        List<Die> found = new ArrayList<>();
        for (Die die : candidates(kind, name, indexes)) {
            FunctionEntry entry = FunctionEntry.of(die);
            if (entry.name().equals(Optional.of(name)) || entry.linkageName().equals(Optional.of(name))) {
                found.add(die);
            }
        }
        if (found.isEmpty()) {
            for (Die die : candidates(kind, lastComponent(name), indexes)) {
                if (FunctionEntry.of(die).qualifiedName().equals(name)) {
                    found.add(die);
                }
            }
        }
        return found;
    }

    private List<Die> candidates(DebugIndex.Kind kind, String name, List<DebugIndex> indexes) {
        List<Die> candidates = new ArrayList<>();
        for (DebugIndex each : indexes) {
            for (long place : each.named(kind, name)) {
                if (candidates.size() < DebugIndex.MOST_VALUES) {
                    candidates.add(die(place));
                }
            }
        }
        return candidates;
    }

    /** What is behind the last {@code ::} that is not between angle brackets. */
    private static String lastComponent(String name) {
        int depth = 0;
        int start = 0;
        for (int i = 0; i < name.length(); i++) {
            char each = name.charAt(i);
            depth += each == '<' ? 1 : each == '>' ? -1 : 0;
            if (depth == 0 && name.startsWith("::", i)) {
                start = i + 2;
            }
        }
        return name.substring(start);
    }

    /** Whether an index that is there already says that a function begins at an address, and that it is no variant of one. */
    boolean isKnownAsOrdinary(long virtualAddress) {
        DebugIndex known = indexIfCheap();
        if (known == null) {
            return false;
        }
        for (long place : known.at(virtualAddress)) {
            if (DebugIndex.isOrdinary(place)) {
                return true;
            }
        }
        return false;
    }

    /** The entries of functions that may begin at an address, and of others. */
    List<Die> functionsNear(long virtualAddress) {
        List<Die> candidates = new ArrayList<>();
        DebugIndex known = indexIfCheap();
        if (known != null) {
            for (long place : known.at(virtualAddress)) {
                candidates.add(die(place));
            }
        } else {
            addFunctions(unitFinder().unitsAt(virtualAddress), virtualAddress, candidates);
            if (candidates.isEmpty()) {
                addFunctions(unitsToLookThrough(), virtualAddress, candidates);
            }
        }
        return candidates;
    }

    private void addFunctions(List<Unit> units, long virtualAddress, List<Die> functions) {
        for (Unit unit : units) {
            unitWithEntries(unit).ifPresent(full -> functions.addAll(full.functionsAt(virtualAddress)));
        }
    }

    /** The units with code that do not say where it is. */
    private List<Unit> unitsToLookThrough() {
        List<Unit> result = unitsToLookThrough;
        if (result == null) {
            result = new ArrayList<>(unitFinder().withoutRanges());
            result.removeIf(
                    unit -> unitWithEntries(unit).filter(Unit::hasFunctions).isEmpty());
            unitsToLookThrough = result;
        }
        return result;
    }

    /** The entries of all functions with code. */
    List<Die> functions() {
        return index().functions().stream().map(this::die).toList();
    }

    /** The units of the linked file that may have code at an address, those that are said to have it first. */
    List<Unit> unitsAt(long virtualAddress) {
        List<Unit> units = unitFinder().unitsAt(virtualAddress);
        units.addAll(unitFinder().withoutRanges());
        return units;
    }

    private UnitFinder unitFinder() {
        UnitFinder result = unitFinder;
        if (result == null) {
            result = UnitFinder.of(file);
            unitFinder = result;
        }
        return result;
    }

    /** The unit that has the entries which a skeleton has not; empty if its file is missing. */
    private Optional<Unit> unitWithEntries(Unit unit) {
        return unit.splitFileName().isPresent() ? file.related().splitUnit(unit) : Optional.of(unit);
    }

    private Die die(long place) {
        long offset = DebugIndex.offset(place);
        return switch (DebugIndex.section(place)) {
            case IndexBuilder.INFO -> file.info().entry(offset, DebugIndex.number(place));
            case IndexBuilder.TYPES -> file.types().entry(offset, DebugIndex.number(place));
            default -> {
                List<UnitHeader> headers = file.info().headers();
                int number = DebugIndex.number(place);
                if (number >= headers.size()) {
                    throw DwarfException.badReference(file.name(), "skeleton unit", number);
                }
                Unit skeleton = file.info().unit(headers.get(number));
                yield file.related()
                        .splitUnit(skeleton)
                        .orElseThrow(() -> DwarfException.badReference(file.name(), "split unit", number))
                        .entry(offset);
            }
        };
    }

    private Optional<UnitNames> unitNames() {
        if (!namesAsked) {
            names = UnitNames.of(file);
            namesAsked = true;
        }
        return names;
    }

    private DebugIndex indexOfUnit(long unitOffset) {
        return unitIndexes.computeIfAbsent(unitOffset, offset -> IndexBuilder.buildOfUnit(file, offset));
    }

    /** The index if there is one already, here or from an earlier run; null if it would have to be made. */
    private @Nullable DebugIndex indexIfCheap() {
        if (index == null && !cacheAsked) {
            cacheAsked = true;
            index = buildId().flatMap(cache::read).orElse(null);
        }
        return index;
    }

    private DebugIndex index() {
        DebugIndex result = indexIfCheap();
        if (result == null) {
            Optional<String> buildId = buildId();
            IndexBuilder.Built built = IndexBuilder.build(file, buildId.orElse(""));
            result = built.index();
            index = result;
            if (built.complete() && buildId.isPresent()) {
                cache.write(buildId.get(), result, file.sections().decompressed());
            }
        }
        return result;
    }

    private Optional<String> buildId() {
        return file.elf().buildId();
    }
}
