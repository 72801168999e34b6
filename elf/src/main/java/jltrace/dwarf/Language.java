package jltrace.dwarf;

/** What a unit's language (7.12) means for names and calls. */
enum Language {
    /** C and Objective-C: names have no scope, calls follow the System V ABI. */
    C(false, true, false),
    /** C++ and what is built on it: calls follow the Itanium C++ ABI, which passes some objects by reference. */
    C_PLUS_PLUS(true, true, false),
    /** Calls follow the System V ABI as long as all values are scalars. */
    RUST(true, false, true),
    /** Names have no scope; what a function takes is not told. */
    ASSEMBLY(false, false, false),
    /** Another one, with rules of its own for calls. */
    OTHER(true, false, true);

    private final boolean scoped;
    private final boolean passesStructures;
    private final boolean hasFunctionsInEnumerations;

    Language(boolean scoped, boolean passesStructures, boolean hasFunctionsInEnumerations) {
        this.scoped = scoped;
        this.passesStructures = passesStructures;
        this.hasFunctionsInEnumerations = hasFunctionsInEnumerations;
    }

    /** The language of a code {@code DW_LANG_*}, those after DWARF 5 included. */
    static Language of(long code) {
        return switch ((int) code) {
            // C89, C, C99, Objective-C, UPC, C11, C17, C23
            case 0x01, 0x02, 0x0c, 0x10, 0x12, 0x1d, 0x2c, 0x3e -> C;
            // Assembly as LLVM and as GNU as write it
            case 0x31, 0x8001 -> ASSEMBLY;
            // C++, Objective-C++, C++03, C++11, C++14, C++17, C++20, C++23
            case 0x04, 0x11, 0x19, 0x1a, 0x21, 0x2a, 0x2b, 0x3a -> C_PLUS_PLUS;
            case 0x1c -> RUST;
            default -> OTHER;
        };
    }

    /** Whether a name may be qualified by a namespace or a class. */
    boolean isScoped() {
        return scoped;
    }

    /** Whether a type is one in which functions may be. */
    boolean mayHoldFunctions(int tag) {
        return (scoped && Tag.isClass(tag)) || (hasFunctionsInEnumerations && tag == Tag.ENUMERATION_TYPE);
    }

    /** Whether it is known how structures are passed by value. */
    boolean passesStructures() {
        return passesStructures;
    }
}
