package jltrace.elf;

import java.util.Optional;

/**
 * An entry of a symbol table (gABI chapter 4).
 *
 * @param index place in its table
 * @param name its name without a version
 * @param symbolVersion its version, {@link SymbolVersion#NONE} if it has none
 * @param virtualAddress {@code st_value}: where it is, before the load bias is added; for an undefined function of a program
 *     for a fixed address, that of its PLT stub if the program takes the function's address; otherwise 0 if undefined
 * @param size bytes that it occupies, 0 if not known
 * @param info {@code st_info}: binding and type
 * @param other {@code st_other}: visibility
 * @param sectionIndex section that it is defined in, {@link #UNDEFINED}, {@link #ABSOLUTE} or another reserved index
 */
public record Symbol(
        int index,
        String name,
        SymbolVersion symbolVersion,
        long virtualAddress,
        long size,
        int info,
        int other,
        int sectionIndex) {
    /** Section index of a symbol that another object defines. */
    public static final int UNDEFINED = 0;
    /** Section index of a symbol whose value is a number, not an address. */
    public static final int ABSOLUTE = 0xfff1;

    private static final int FUNC = 2;
    private static final int IFUNC = 10;

    /** What it stands for. */
    public SymbolType type() {
        return SymbolType.of(info);
    }

    /** Who sees it. */
    public SymbolBinding binding() {
        return SymbolBinding.of(info);
    }

    /** How its binding is restricted. */
    public SymbolVisibility visibility() {
        return SymbolVisibility.of(other);
    }

    /** Name of its version, if it has one. */
    public Optional<String> version() {
        return symbolVersion.isNamed() ? Optional.of(symbolVersion.name()) : Optional.empty();
    }

    /**
     * Whether this object defines it and its version is the one that a program linked today gets: {@code name@@version}.
     * A copy of another object's variable has the version that it was copied from, and is not the default.
     */
    public boolean isDefaultVersion() {
        return isDefined()
                && symbolVersion.isNamed()
                && !symbolVersion.hidden()
                && symbolVersion.library().isEmpty();
    }

    /** Whether this object defines it. */
    public boolean isDefined() {
        return sectionIndex != UNDEFINED;
    }

    /** Whether it is a function that this object defines, IFUNC included. */
    public boolean isDefinedFunction() {
        return isDefinedFunction(info, sectionIndex);
    }

    static boolean isDefinedFunction(int info, int sectionIndex) {
        int code = info & 0xf;
        boolean isFunction = code == FUNC || code == IFUNC;
        return isFunction && sectionIndex != UNDEFINED && sectionIndex != ABSOLUTE;
    }

    /** The name with its version as the GNU tools write it: {@code name@@version} for a default, {@code name@version} else. */
    public String versionedName() {
        if (!symbolVersion.isNamed()) {
            return name;
        }
        return name + (isDefaultVersion() ? "@@" : "@") + symbolVersion.name();
    }
}
