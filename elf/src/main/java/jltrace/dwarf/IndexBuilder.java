package jltrace.dwarf;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import jltrace.bytes.ByteSource;
import jltrace.elf.ElfType;

/** Goes once over all entries of a file and notes where its functions, variables and types are. */
final class IndexBuilder {
    static final int INFO = 0;
    static final int TYPES = 1;
    static final int SPLIT = 2;

    private static final int NOT_IN_FUNCTION = Integer.MAX_VALUE;

    private final DwarfFile file;
    private final PairTable addresses;
    private final PairTable names;
    private final boolean zeroIsAddress;
    private boolean complete = true;

    private IndexBuilder(DwarfFile file) {
        this.file = file;
        this.addresses = new PairTable(file.effort(), DebugIndex.MOST_VALUES);
        this.names = new PairTable(file.effort(), DebugIndex.MOST_VALUES);
        this.zeroIsAddress = file.elf().type() == ElfType.RELOCATABLE;
    }

    /**
     * An index.
     *
     * @param complete whether all split files were there
     */
    record Built(DebugIndex index, boolean complete) {}

    static Built build(DwarfFile file, String buildId) {
        IndexBuilder builder = new IndexBuilder(file);
        builder.addAll();
        return new Built(DebugIndex.of(builder.addresses, builder.names, buildId), builder.complete);
    }

    /** The index of one unit of {@code .debug_info}, by its offset; empty if there is none. */
    static DebugIndex buildOfUnit(DwarfFile file, long unitOffset) {
        IndexBuilder builder = new IndexBuilder(file);
        List<UnitHeader> headers = file.info().headers();
        for (int i = 0; i < headers.size(); i++) {
            if (headers.get(i).offset() == unitOffset) {
                builder.addUnit(headers.get(i), i);
            }
        }
        return DebugIndex.of(builder.addresses, builder.names, "");
    }

    private void addAll() {
        List<UnitHeader> headers = file.info().headers();
        for (int i = 0; i < headers.size(); i++) {
            addUnit(headers.get(i), i);
        }
        for (UnitHeader header : file.types().headers()) {
            add(new Unit(file.types(), header), TYPES, 0);
        }
    }

    private void addUnit(UnitHeader header, int number) {
        // A unit of its own, so that what it keeps for later questions goes when it has been read.
        Unit unit = new Unit(file.info(), header);
        if (unit.splitFileName().isPresent()) {
            addSplit(file.info().unit(header), number);
        } else {
            add(unit, INFO, 0);
        }
    }

    private void addSplit(Unit skeleton, int number) {
        Optional<Unit> split = file.related().splitUnit(skeleton);
        if (split.isPresent()) {
            add(split.get(), SPLIT, number);
        } else {
            complete = false;
        }
    }

    private void add(Unit unit, int section, int skeleton) {
        file.effort().spend(unit.header().end() - unit.header().offset());
        Language language = unit.language();
        int functionDepth = NOT_IN_FUNCTION;
        DieWalk walk = unit.walk();
        while (walk.next()) {
            if (walk.depth() <= functionDepth) {
                functionDepth = NOT_IN_FUNCTION;
            }
            boolean outside = functionDepth == NOT_IN_FUNCTION;
            switch (walk.tag()) {
                case Tag.SUBPROGRAM -> {
                    addFunction(walk.die(), section, skeleton);
                    functionDepth = outside ? walk.depth() : functionDepth;
                }
                case Tag.VARIABLE -> {
                    if (outside) {
                        addName(DebugIndex.Kind.VARIABLE, walk.die(), Attribute.NAME, section, skeleton);
                    }
                }
                case Tag.BASE_TYPE,
                        Tag.TYPEDEF,
                        Tag.ENUMERATION_TYPE,
                        Tag.STRUCTURE_TYPE,
                        Tag.CLASS_TYPE,
                        Tag.UNION_TYPE,
                        Tag.INTERFACE_TYPE -> {
                    if (outside) {
                        addType(walk, section, skeleton);
                    }
                    if (!outside || !language.mayHoldFunctions(walk.tag())) {
                        walk.skipChildren();
                    }
                }
                case Tag.SUBROUTINE_TYPE, Tag.ARRAY_TYPE -> walk.skipChildren();
                default -> {}
            }
        }
    }

    private void addType(DieWalk walk, int section, int skeleton) {
        if (!walk.has(Attribute.DECLARATION)) {
            addName(DebugIndex.Kind.TYPE, walk.die(), Attribute.NAME, section, skeleton);
        }
    }

    private void addFunction(Die die, int section, int skeleton) {
        OptionalLong address = AddressRangeList.entryAddress(die);
        if (address.isEmpty()) {
            addNames(DebugIndex.Kind.DECLARATION, die, section, skeleton);
        } else if (isAddress(address.getAsLong())) {
            long place = place(die, section, skeleton);
            boolean ordinary =
                    OrdinaryFunctions.contain(List.of(file.elf().symbols().functions()), address.getAsLong());
            addresses.add(address.getAsLong(), ordinary ? DebugIndex.ordinary(place) : place);
            Die named = die;
            for (int i = 0; i < 4; i++) {
                addNames(DebugIndex.Kind.FUNCTION, named, section, skeleton, die);
                int next = named.has(Attribute.ABSTRACT_ORIGIN) ? Attribute.ABSTRACT_ORIGIN : Attribute.SPECIFICATION;
                Optional<Die> origin = named.reference(next);
                if (origin.isEmpty()) {
                    break;
                }
                named = origin.get();
            }
        }
    }

    /** Whether code can be there: linkers write 0 or the highest addresses for functions that they left out. */
    private boolean isAddress(long address) {
        return zeroIsAddress || (address != 0 && address != -1 && address != -2);
    }

    private void addNames(DebugIndex.Kind kind, Die die, int section, int skeleton) {
        addNames(kind, die, section, skeleton, die);
    }

    private void addNames(DebugIndex.Kind kind, Die named, int section, int skeleton, Die target) {
        long place = place(target, section, skeleton);
        addName(kind, named, Attribute.NAME, place);
        addName(kind, named, Attribute.LINKAGE_NAME, place);
        addName(kind, named, Attribute.MIPS_LINKAGE_NAME, place);
    }

    private void addName(DebugIndex.Kind kind, Die die, int attribute, int section, int skeleton) {
        addName(kind, die, attribute, place(die, section, skeleton));
    }

    private void addName(DebugIndex.Kind kind, Die named, int attribute, long place) {
        Optional<AttributeValue> value = named.attribute(attribute);
        if (value.isEmpty()) {
            return;
        }
        ByteSource strings = value.get().strings();
        if (strings.size() == 0) {
            return;
        }
        long start = value.get().stringOffset();
        long hash = DebugIndex.NameHash.START;
        long at = start;
        for (int next = strings.u8(at); next != 0; next = strings.u8(at)) {
            hash = DebugIndex.NameHash.next(hash, next);
            at++;
        }
        file.effort().spend(at - start);
        names.add(DebugIndex.key(kind, hash), place);
    }

    private long place(Die die, int section, int skeleton) {
        long distance = die.offset() - die.unit().header().offset();
        int number = section == SPLIT ? skeleton : (int) Math.min(distance, DebugIndex.FAR);
        return DebugIndex.place(section, number, die.offset(), file.name());
    }
}
