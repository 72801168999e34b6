package jltrace.dwarf;

import java.util.Optional;

/**
 * A type behind its typedefs and qualifiers.
 *
 * @param die the type itself; empty for {@code void}
 * @param typedefName the name of the innermost typedef, empty if there is none
 * @param wide whether a typedef calls it {@code wchar_t}, which in C is one for {@code int}
 */
record TypeName(Optional<Die> die, String typedefName, boolean wide) {
    private static final int LONGEST_CHAIN = 100;

    /** Whether it is an entry of this tag. */
    boolean is(int tag) {
        return die.isPresent() && die.get().tag() == tag;
    }

    /** Follows typedefs and qualifiers. */
    static TypeName of(Optional<Die> type) {
        Optional<Die> die = type;
        String typedefName = "";
        boolean wide = false;
        for (int i = 0; die.isPresent() && Tag.isAlias(die.get().tag()); i++) {
            Die alias = die.get();
            if (i == LONGEST_CHAIN) {
                throw DwarfException.tooComplex(alias.unit().file().name(), "chain of typedefs", LONGEST_CHAIN);
            }
            if (alias.tag() == Tag.TYPEDEF) {
                typedefName = alias.name().orElse("");
                wide |= typedefName.equals("wchar_t");
            }
            die = alias.type();
        }
        return new TypeName(die.map(TypeName::definition), typedefName, wide);
    }

    /** The type that a declaration stands for, if a type unit has it. */
    private static Die definition(Die die) {
        return die.has(Attribute.SIGNATURE) ? die.reference(Attribute.SIGNATURE).orElse(die) : die;
    }
}
