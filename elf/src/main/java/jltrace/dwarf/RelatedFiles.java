package jltrace.dwarf;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfException;
import jltrace.elf.ElfFile;
import org.jspecify.annotations.Nullable;

/**
 * The other files that debug information refers to: the supplementary file that dwz(1) makes, the split files that a compiler
 * leaves beside its object files, and the package that dwp(1) makes of these. Files that are missing or belong to another build
 * count as not there.
 */
final class RelatedFiles {
    private final ElfFile elf;
    private final String path;
    private final DebugFiles files;
    private final Effort effort;
    private final Map<Long, Optional<Unit>> splitUnits = new HashMap<>();
    private boolean supplementaryAsked;
    private Optional<DwarfFile> supplementary = Optional.empty();
    private boolean packageAsked;
    private Optional<DwarfPackage> dwarfPackage = Optional.empty();

    RelatedFiles(ElfFile elf, String path, DebugFiles files, Effort effort) {
        this.elf = elf;
        this.path = path;
        this.files = files;
        this.effort = effort;
    }

    Optional<DwarfFile> supplementary() {
        if (!supplementaryAsked) {
            supplementaryAsked = true;
            supplementary = files.findSupplementary(elf, path).map(file -> DwarfFile.supplementary(file, this, effort));
        }
        return supplementary;
    }

    /** The unit that a skeleton stands for; empty if its file is not to be had. */
    Optional<Unit> splitUnit(Unit skeleton) {
        Optional<Unit> known = splitUnits.get(skeleton.header().offset());
        if (known == null) {
            known = findSplitUnit(skeleton);
            splitUnits.put(skeleton.header().offset(), known);
        }
        return known;
    }

    private Optional<Unit> findSplitUnit(Unit skeleton) {
        OptionalLong identifier = skeleton.splitIdentifier();
        Optional<String> name = skeleton.splitFileName();
        if (identifier.isEmpty() || name.isEmpty()) {
            return Optional.empty();
        }
        Optional<DwarfPackage> packaged = dwarfPackage();
        if (packaged.isPresent()) {
            Optional<Unit> unit = packaged.get().unit(identifier.getAsLong(), skeleton);
            if (unit.isPresent()) {
                return unit;
            }
        }
        String directory = skeleton.root().string(Attribute.COMP_DIR).orElse("");
        String place = name.get().startsWith("/") ? name.get() : directory + "/" + name.get();
        return files.file(place)
                .map(file -> DwarfFile.split(DebugSections.split(file), skeleton, this, effort))
                .flatMap(split -> unitOf(split, identifier.getAsLong()));
    }

    private static Optional<Unit> unitOf(DwarfFile split, long identifier) {
        for (UnitHeader header : split.info().headers()) {
            if (!header.isTypeUnit()) {
                Unit unit = split.info().unit(header);
                if (unit.splitIdentifier().equals(OptionalLong.of(identifier))) {
                    return Optional.of(unit);
                }
            }
        }
        return Optional.empty();
    }

    /** A type unit of the package. */
    Optional<Unit> packagedTypeUnit(long signature, @Nullable Unit skeleton) {
        return dwarfPackage().flatMap(packaged -> packaged.typeUnit(signature, skeleton));
    }

    private Optional<DwarfPackage> dwarfPackage() {
        if (!packageAsked) {
            packageAsked = true;
            dwarfPackage = files.file(path + ".dwp")
                    .filter(RelatedFiles::isPackage)
                    .map(file -> new DwarfPackage(file, this, effort));
        }
        return dwarfPackage;
    }

    private static boolean isPackage(ElfFile file) {
        try {
            return file.section(DebugSection.UNIT_INDEX.sectionName()).isPresent();
        } catch (ElfException e) {
            return false;
        }
    }
}
