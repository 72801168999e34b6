package jltrace.dwarf;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A function as its entries together tell it: that of the code, that of the function which was inlined elsewhere too
 * ({@code DW_AT_abstract_origin}), and that of its declaration in a class ({@code DW_AT_specification}).
 */
final class FunctionEntry {
    private static final int LONGEST_CHAIN = 8;
    private static final int CONVENTION_NORMAL = 1;

    /** The entry itself, then the one that it refers to, and so on. */
    private final List<Die> chain;

    /**
     * A parameter.
     *
     * @param name empty if it has none
     * @param type the entry of its type
     */
    record ParameterEntry(String name, Optional<Die> type) {}

    private FunctionEntry(List<Die> chain) {
        this.chain = chain;
    }

    static FunctionEntry of(Die die) {
        List<Die> chain = chain(die);
        return new FunctionEntry(chain);
    }

    private static List<Die> chain(Die die) {
        List<Die> chain = new ArrayList<>();
        Optional<Die> next = Optional.of(die);
        while (next.isPresent()) {
            if (chain.size() == LONGEST_CHAIN) {
                throw DwarfException.tooComplex(die.unit().file().name(), "chain of origins", LONGEST_CHAIN);
            }
            Die current = next.get();
            chain.add(current);
            next = current.reference(
                    current.has(Attribute.ABSTRACT_ORIGIN) ? Attribute.ABSTRACT_ORIGIN : Attribute.SPECIFICATION);
        }
        return chain;
    }

    String fileName() {
        return chain.get(0).unit().file().name();
    }

    Language language() {
        for (Die die : chain) {
            Language language = die.unit().language();
            if (language != Language.OTHER) {
                return language;
            }
        }
        return Language.OTHER;
    }

    /** Whether the compiler kept to the platform's convention: clang says of what it changed that it did not. */
    boolean followsConvention() {
        return chain.stream()
                .allMatch(die ->
                        die.constant(Attribute.CALLING_CONVENTION).orElse(CONVENTION_NORMAL) == CONVENTION_NORMAL);
    }

    /** The name as in the source; empty if it has none. */
    Optional<String> name() {
        return chain.stream().flatMap(die -> die.name().stream()).findFirst();
    }

    /** The name that the linker knows it by, if that is another. */
    Optional<String> linkageName() {
        return chain.stream().flatMap(die -> die.linkageName().stream()).findFirst();
    }

    /** The name with the namespaces and classes that it is in; empty if it has none. */
    String qualifiedName() {
        Die declaration = chain.get(chain.size() - 1);
        String name = name().orElse("");
        return declaration.unit().language().isScoped() && !name.isEmpty()
                ? declaration.unit().scopes().prefix(declaration.offset()) + name
                : name;
    }

    /** Whether it makes an object of the memory that it is given. */
    boolean isConstructor() {
        String name = name().orElse("");
        if (name.isEmpty() || language() != Language.C_PLUS_PLUS) {
            return false;
        }
        Die declaration = chain.get(chain.size() - 1);
        return declaration
                .unit()
                .scopes()
                .innermost(declaration.offset())
                .filter(scope -> Tag.isClass(scope.tag()))
                .flatMap(Die::name)
                .filter(type -> type.equals(name) || type.startsWith(name + "<"))
                .isPresent();
    }

    Optional<Die> resultType() {
        return chain.stream().flatMap(die -> die.type().stream()).findFirst();
    }

    /** The first of the entries that has a type. */
    Die withType() {
        return chain.stream().filter(die -> die.has(Attribute.TYPE)).findFirst().orElse(chain.get(0));
    }

    boolean isVariadic() {
        DieWalk walk = declaring().children();
        while (walk.nextSibling()) {
            if (walk.tag() == Tag.UNSPECIFIED_PARAMETERS) {
                return true;
            }
        }
        return false;
    }

    /** The entry that has all parameters: of inlined functions the code's may lack those that were not needed there. */
    private Die declaring() {
        Die die = chain.get(0);
        if (hasTypedParameters(die)) {
            return die;
        }
        for (int i = 1; i < chain.size() && chain.get(i - 1).has(Attribute.ABSTRACT_ORIGIN); i++) {
            die = chain.get(i);
        }
        return die;
    }

    /** GCC lists them once more for each variant of a constructor that is only declared. */
    private static boolean hasTypedParameters(Die die) {
        DieWalk walk = die.children();
        while (walk.nextSibling()) {
            if (walk.tag() == Tag.FORMAL_PARAMETER) {
                return walk.die().has(Attribute.TYPE);
            }
        }
        return false;
    }

    /** The parameters in their order. */
    List<ParameterEntry> parameters() {
        Die declaring = declaring();
        Set<Die.Place> present = parametersOfTheCode(declaring);
        List<ParameterEntry> parameters = new ArrayList<>();
        DieWalk walk = declaring.children();
        while (walk.nextSibling()) {
            if (walk.tag() == Tag.FORMAL_PARAMETER) {
                Die parameter = walk.die();
                // A constructor's __in_chrg is declared, but only variants of its code that need it take it.
                boolean absent = parameter.flag(Attribute.ARTIFICIAL)
                        && !present.isEmpty()
                        && !present.contains(parameter.place());
                if (!absent) {
                    parameters.add(parameter(parameter));
                }
            }
        }
        return parameters;
    }

    /** The parameters of the origin that the code's entry refers to; none if there is no origin. */
    private Set<Die.Place> parametersOfTheCode(Die declaring) {
        Set<Die.Place> present = new HashSet<>();
        if (declaring.place().equals(chain.get(0).place())) {
            return present;
        }
        DieWalk walk = chain.get(0).children();
        while (walk.nextSibling()) {
            if (walk.tag() == Tag.FORMAL_PARAMETER) {
                chain(walk.die()).forEach(die -> present.add(die.place()));
            }
        }
        return present;
    }

    private static ParameterEntry parameter(Die die) {
        List<Die> chain = chain(die);
        String name =
                chain.stream().flatMap(each -> each.name().stream()).findFirst().orElse("");
        Optional<Die> type =
                chain.stream().flatMap(each -> each.type().stream()).findFirst();
        return new ParameterEntry(name, type);
    }
}
