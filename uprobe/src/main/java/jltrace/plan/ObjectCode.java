package jltrace.plan;

import java.util.HashMap;
import java.util.Map;
import jltrace.bytes.MalformedBytesException;
import jltrace.code.Amd64Instruction;
import jltrace.code.CodeRegion;
import jltrace.code.FunctionEntries;
import jltrace.code.FunctionRanges;
import jltrace.code.FunctionScan;
import jltrace.code.FunctionScanner;
import jltrace.code.InstructionCategory;
import jltrace.code.UprobeClass;
import jltrace.code.UprobeRules;
import jltrace.elf.ElfFile;
import jltrace.elf.FunctionRange;
import jltrace.elf.FunctionTable;
import jltrace.elf.Import;
import jltrace.elf.Segment;

/** The machine code of one object: what a probe at an address would do, and how its functions leave. Scans are kept. */
final class ObjectCode {
    /** {@code call rel32}. */
    private static final int NEAR_CALL_LENGTH = 5;
    /** {@code call *disp32(%rip)}. */
    private static final int SLOT_CALL_LENGTH = 6;

    private final CodeRegion region;
    private final UprobeRules rules;
    private final FunctionEntries entries;
    private final FunctionScanner scanner;
    private final Map<Long, Import> importsByStub = new HashMap<>();
    private final Map<Long, Import> importsBySlot = new HashMap<>();
    private final Map<Long, FunctionScan> scans = new HashMap<>();
    private final Map<Long, Long> sizes = new HashMap<>();
    private final Amd64Instruction instruction = new Amd64Instruction();

    ObjectCode(ElfFile elf, UprobeRules rules) {
        this.rules = rules;
        this.region = executable(elf);
        for (Import wanted : elf.imports()) {
            wanted.pltVirtualAddress().ifPresent(stub -> importsByStub.put(stub, wanted));
            importsBySlot.put(wanted.slotVirtualAddress(), wanted);
        }
        collect(elf.dynamicSymbols().functions());
        collect(elf.symbols().functions());
        int named = sizes.size();
        long[] starts = new long[named + importsByStub.size()];
        int at = 0;
        for (long start : sizes.keySet()) {
            starts[at++] = start;
        }
        for (long stub : importsByStub.keySet()) {
            starts[at++] = stub;
        }
        this.entries = FunctionEntries.of(starts);
        int frames = elf.unwindTable().size();
        long[] frameStarts = new long[frames + named];
        long[] frameSizes = new long[frames + named];
        at = 0;
        for (FunctionRange range : elf.unwindTable()) {
            frameStarts[at] = range.virtualAddress();
            frameSizes[at++] = range.length();
        }
        for (Map.Entry<Long, Long> size : sizes.entrySet()) {
            frameStarts[at] = size.getKey();
            frameSizes[at++] = size.getValue();
        }
        this.scanner = new FunctionScanner(region, entries, FunctionRanges.of(frameStarts, frameSizes), rules);
        for (FunctionRange range : elf.unwindTable()) {
            sizes.merge(range.virtualAddress(), range.length(), (known, unwound) -> known == 0 ? unwound : known);
        }
    }

    private void collect(FunctionTable functions) {
        for (FunctionTable.Function function : functions) {
            String name = function.names().get(0).name();
            // Out-of-line parts are no functions of their own.
            if (!name.endsWith(".cold") && !name.contains(".cold.") && !name.contains(".part.")) {
                sizes.merge(function.virtualAddress(), function.size(), Math::max);
            }
        }
    }

    private static CodeRegion executable(ElfFile elf) {
        try {
            for (Segment segment : elf.segments()) {
                if (segment.isExecutable()) {
                    byte[] bytes = elf.bytes()
                            .slice(segment.fileOffset(), segment.fileSize())
                            .bytes();
                    return CodeRegion.of(bytes, segment.virtualAddress());
                }
            }
        } catch (MalformedBytesException e) {
            return CodeRegion.of(new byte[0], 0);
        }
        return CodeRegion.of(new byte[0], 0);
    }

    /** What the kernel would do with a probe on the instruction at an address. */
    UprobeClass classAt(long virtualAddress) {
        return region.decode(virtualAddress, instruction) == 0 ? UprobeClass.REFUSED : rules.classify(instruction);
    }

    /** How a function leaves. */
    FunctionScan scan(long virtualAddress) {
        return scans.computeIfAbsent(virtualAddress, address -> scanner.scan(address, sizes.getOrDefault(address, 0L)));
    }

    /** Whether a function that is known begins at the address. */
    boolean isFunction(long virtualAddress) {
        return sizes.containsKey(virtualAddress);
    }

    /** The import that a PLT stub at the address jumps to, or null. */
    @org.jspecify.annotations.Nullable Import importOfStub(long virtualAddress) {
        return importsByStub.get(virtualAddress);
    }

    /** The import whose address a slot holds, or null. */
    @org.jspecify.annotations.Nullable Import importOfSlot(long virtualAddress) {
        return importsBySlot.get(virtualAddress);
    }

    /** The import that the call instruction in front of a return address calls, or null if it calls anything else. */
    @org.jspecify.annotations.Nullable Import importCalledBefore(long returnAddress) {
        if (decodesTo(returnAddress - NEAR_CALL_LENGTH, returnAddress)
                && instruction.category() == InstructionCategory.CALL) {
            return importsByStub.get(instruction.branchTarget());
        }
        if (decodesTo(returnAddress - SLOT_CALL_LENGTH, returnAddress)
                && instruction.category() == InstructionCategory.INDIRECT_CALL
                && instruction.hasRipRelativeOperand()) {
            return importsBySlot.get(instruction.ripRelativeAddress());
        }
        return null;
    }

    private boolean decodesTo(long start, long end) {
        return region.decode(start, instruction) == end - start;
    }
}
