package jltrace.dwarf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import jltrace.cache.BuildCache;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfFile;
import jltrace.elf.Symbol;
import jltrace.elf.SymbolType;
import jltrace.type.CType;
import jltrace.type.FunctionSignature;

/**
 * The debug information of one object: DWARF 2 to 5, in its own file or in others.
 *
 * <p>A question reads only what it needs: the unit of one function if the function's address is known, else all entries once, of
 * which an index is then kept. Any method may throw {@link DwarfException} or {@link jltrace.elf.ElfException} when it comes upon
 * contents that cannot be. For any number of threads, one at a time.
 */
public final class DebugInformation {
    private final ElfFile elf;
    private final DwarfFile file;
    private final EntryLookup entries;
    private final TypeReader types;
    private final SignatureReader signatures;

    private DebugInformation(ElfFile elf, DwarfFile file, IndexCache cache) {
        this.elf = elf;
        this.file = file;
        this.entries = new EntryLookup(file, cache);
        this.types = new TypeReader(file.effort());
        this.signatures = new SignatureReader(types);
    }

    /**
     * The debug information of an object; empty if it has none and its debug file is not installed.
     *
     * @param path the object's own path below the root that {@code files} looks in
     * @param cache where an index, and what was decompressed, is kept for the next run
     */
    public static Optional<DebugInformation> find(ElfFile elf, String path, DebugFiles files, BuildCache cache) {
        IndexCache indexes = new IndexCache(cache);
        if (hasDebugInformation(elf)) {
            return Optional.of(new DebugInformation(elf, DwarfFile.of(elf, path, files, indexes), indexes));
        }
        return files.find(elf, path)
                .filter(DebugInformation::hasDebugInformation)
                .map(debugFile ->
                        new DebugInformation(elf, DwarfFile.of(debugFile, debugFile.name(), files, indexes), indexes));
    }

    private static boolean hasDebugInformation(ElfFile elf) {
        return elf.section(".debug_info").filter(section -> section.hasBytes()).isPresent()
                || elf.section(".zdebug_info").isPresent();
    }

    /**
     * The signature of the function whose code begins at an address; empty if there is none, or if it can't be told where its
     * arguments are. A variant that the compiler made of a function for some calls has none.
     */
    public Optional<FunctionSignature> signatureAt(long virtualAddress) {
        return file.effort()
                .answer(() -> isOrdinary(virtualAddress) ? agreed(functionsAt(virtualAddress)) : Optional.empty());
    }

    /**
     * The signature of a function by its symbol's name, or by its name in the source with namespaces and classes; empty if there is
     * none, or if several functions of the name have different ones.
     */
    public Optional<FunctionSignature> signatureOf(String name) {
        return file.effort().answer(() -> {
            Optional<Symbol> symbol = elf.dynamicSymbols()
                    .find(name)
                    .or(() -> file.elf().symbols().find(name));
            boolean hasCode = symbol.isPresent()
                    && symbol.get().type() == SymbolType.FUNC
                    && symbol.get().isDefinedFunction();
            if (!hasCode) {
                return signatureByName(name);
            }
            long address = symbol.get().virtualAddress();
            if (!isOrdinary(address)) {
                return Optional.empty();
            }
            List<Die> code = functionsAt(address);
            // Of a function in assembly, a declaration elsewhere tells what it takes.
            boolean assembly = code.stream().allMatch(die -> die.unit().language() == Language.ASSEMBLY);
            return assembly ? agreed(declarations(name)) : agreed(code);
        });
    }

    /** All functions with code, by address. */
    public List<Subprogram> functions() {
        return file.effort().answer(() -> {
            List<Subprogram> functions = new ArrayList<>();
            for (Die die : entries.functions()) {
                OptionalLong address = AddressRangeList.entryAddress(die);
                if (die.tag() == Tag.SUBPROGRAM && address.isPresent()) {
                    FunctionEntry function = FunctionEntry.of(die);
                    Optional<FunctionSignature> signature =
                            isOrdinary(address.getAsLong()) ? signatures.read(function) : Optional.empty();
                    functions.add(new Subprogram(
                            function.qualifiedName(), function.linkageName(), address.getAsLong(), signature));
                }
            }
            functions.sort(Comparator.comparingLong(Subprogram::virtualAddress));
            return functions;
        });
    }

    /**
     * The line that the instruction at an address comes from; empty if it is not known, or if it comes from none.
     *
     * @param virtualAddress of any byte of the instruction: of a call, one before the return address
     */
    public Optional<SourceLine> lineOf(long virtualAddress) {
        return file.effort().answer(() -> {
            for (Unit unit : entries.unitsAt(virtualAddress)) {
                Optional<SourceLine> line = unit.lines().flatMap(lines -> lines.lineOf(virtualAddress));
                if (line.isPresent()) {
                    return line;
                }
            }
            return Optional.empty();
        });
    }

    /** The type of a variable that is not local to a function; empty if there is no such variable, or no type for its values. */
    public Optional<CType> variableType(String name) {
        return file.effort()
                .answer(() -> entries.named(DebugIndex.Kind.VARIABLE, name).stream()
                        .flatMap(die -> types.typeOf(FunctionEntry.of(die).withType()).stream())
                        .findFirst());
    }

    /** The signature of the functions that a variable points to; empty if the variable is no pointer to functions. */
    public Optional<FunctionSignature> signatureOfVariable(String name) {
        return declarationOfVariable(name).map(Declaration::signature);
    }

    /**
     * How the functions are declared that a variable points to; empty if the variable is no pointer to functions, or if in C their
     * parameters are not told.
     */
    public Optional<Declaration> declarationOfVariable(String name) {
        return file.effort().answer(() -> {
            for (Die die : entries.named(DebugIndex.Kind.VARIABLE, name)) {
                TypeName pointer = TypeName.of(FunctionEntry.of(die).withType().type());
                if (pointer.is(Tag.POINTER_TYPE)) {
                    TypeName target = TypeName.of(pointer.die().flatMap(Die::type));
                    if (target.is(Tag.SUBROUTINE_TYPE)) {
                        return target.die()
                                .filter(DebugInformation::hasParameters)
                                .flatMap(type -> declaration(FunctionEntry.of(type)));
                    }
                }
            }
            return Optional.empty();
        });
    }

    private Optional<Declaration> declaration(FunctionEntry function) {
        return signatures
                .read(function)
                .map(signature -> new Declaration(
                        signature,
                        TypeSpelling.of(function.resultType()),
                        function.parameters().stream()
                                .map(parameter -> TypeSpelling.of(parameter.type()))
                                .toList()));
    }

    /** A structure, union, enumeration, typedef or base type by its name. */
    public Optional<CType> type(String name) {
        return file.effort()
                .answer(() -> entries.named(DebugIndex.Kind.TYPE, name).stream()
                        .flatMap(die -> types.convert(Optional.of(die), 0).stream())
                        .findFirst());
    }

    /** Whether the symbols say that a function begins here, and that it is no variant of one. */
    private boolean isOrdinary(long virtualAddress) {
        return entries.isKnownAsOrdinary(virtualAddress)
                || OrdinaryFunctions.contain(
                        List.of(
                                file.elf().symbols().functions(),
                                elf.dynamicSymbols().functions()),
                        virtualAddress);
    }

    /** The entries of the functions whose code begins at an address. */
    private List<Die> functionsAt(long virtualAddress) {
        List<Die> candidates = entries.functionsNear(virtualAddress);
        candidates.removeIf(die -> die.tag() != Tag.SUBPROGRAM
                || !AddressRangeList.entryAddress(die).equals(OptionalLong.of(virtualAddress)));
        return candidates;
    }

    private Optional<FunctionSignature> signatureByName(String name) {
        List<Die> functions = entries.named(DebugIndex.Kind.FUNCTION, name);
        functions.removeIf(die -> !isOrdinary(AddressRangeList.entryAddress(die).orElse(0)));
        if (!functions.isEmpty()) {
            return agreed(functions);
        }
        return agreed(declarations(name));
    }

    private List<Die> declarations(String name) {
        List<Die> declarations = entries.named(DebugIndex.Kind.DECLARATION, name);
        declarations.removeIf(die -> !hasParameters(die));
        return declarations;
    }

    /** Whether parameters are told. Without a prototype they are not known, rather than none; GCC declares its built-in functions so. */
    private static boolean hasParameters(Die function) {
        return function.unit().language() != Language.C || function.flag(Attribute.PROTOTYPED);
    }

    /** The signature that all entries have, but for the name. */
    private Optional<FunctionSignature> agreed(List<Die> functions) {
        Optional<FunctionSignature> first = Optional.empty();
        for (Die die : functions) {
            Optional<FunctionSignature> signature = signatures.read(FunctionEntry.of(die));
            if (signature.isEmpty() || (first.isPresent() && !isSameCall(first.get(), signature.get()))) {
                return Optional.empty();
            }
            first = first.isPresent() ? first : signature;
        }
        return first;
    }

    private static boolean isSameCall(FunctionSignature left, FunctionSignature right) {
        return left.result().equals(right.result())
                && left.parameters().equals(right.parameters())
                && left.variadic() == right.variadic();
    }
}
