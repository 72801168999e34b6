package jltrace.dwarf;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a C++ object is passed by an invisible reference: it is if its copying or destruction runs code (Itanium C++ ABI, 3.1.2).
 * Clang says so; what GCC writes says it only by what the class declares.
 */
final class PassedByReference {
    private static final int PASS_BY_REFERENCE = 4;
    private static final int PASS_BY_VALUE = 5;
    private static final int DEFAULTED_IN_CLASS = 1;
    private static final int DEEPEST = 32;

    private final Effort effort;
    private final Set<Die.Place> trivial = new HashSet<>();

    /** What is known of a class. */
    enum Answer {
        VALUE,
        REFERENCE,
        /** The information leaves it open. */
        UNKNOWN
    }

    PassedByReference(Effort effort) {
        this.effort = effort;
    }

    /** @param type a class, structure or union of a C++ unit */
    Answer of(Die type) {
        return of(type, 0);
    }

    private Answer of(Die type, int depth) {
        long convention = type.constant(Attribute.CALLING_CONVENTION).orElse(0);
        if (convention == PASS_BY_REFERENCE || convention == PASS_BY_VALUE) {
            return convention == PASS_BY_REFERENCE ? Answer.REFERENCE : Answer.VALUE;
        }
        if (type.flag(Attribute.DECLARATION) || depth > DEEPEST) {
            return Answer.UNKNOWN;
        }
        if (trivial.contains(type.place())) {
            return Answer.VALUE;
        }
        Answer answer = byMembers(type, depth);
        if (answer == Answer.VALUE) {
            trivial.add(type.place());
        }
        return answer;
    }

    private Answer byMembers(Die type, int depth) {
        Answer answer = Answer.VALUE;
        DieWalk walk = type.children();
        while (walk.nextSibling()) {
            effort.spend(1);
            Die member = walk.die();
            Answer part = switch (member.tag()) {
                case Tag.SUBPROGRAM -> ofFunction(type, member);
                case Tag.MEMBER -> ofMember(member, depth);
                case Tag.INHERITANCE -> member.flag(Attribute.VIRTUALITY) ? Answer.REFERENCE : ofMember(member, depth);
                default -> Answer.VALUE;
            };
            if (part == Answer.REFERENCE) {
                return part;
            }
            answer = part == Answer.UNKNOWN ? part : answer;
        }
        return answer;
    }

    private Answer ofMember(Die member, int depth) {
        if (member.flag(Attribute.EXTERNAL) || member.flag(Attribute.DECLARATION)) {
            return Answer.VALUE;
        }
        TypeName type = TypeName.of(member.type());
        for (int i = 0; type.is(Tag.ARRAY_TYPE) && i < DEEPEST; i++) {
            type = TypeName.of(type.die().flatMap(Die::type));
        }
        return type.die()
                .filter(die -> Tag.isClass(die.tag()))
                .map(die -> of(die, depth + 1))
                .orElse(Answer.VALUE);
    }

    private static Answer ofFunction(Die type, Die function) {
        if (function.flag(Attribute.VIRTUALITY)) {
            return Answer.REFERENCE;
        }
        String name = function.name().orElse("");
        boolean special = name.startsWith("~") || (isConstructor(type, name) && takesItsOwnClass(type, function));
        // An implicit one is as trivial as the members and bases are.
        if (!special || function.flag(Attribute.ARTIFICIAL)) {
            return Answer.VALUE;
        }
        long defaulted = function.constant(Attribute.DEFAULTED).orElse(0);
        if (defaulted == DEFAULTED_IN_CLASS) {
            return Answer.VALUE;
        }
        // Before DWARF 5, "= default" and "= delete" are not told from a body elsewhere.
        boolean told = function.unit().encoding().version() >= 5 && !function.flag(Attribute.DELETED);
        return told ? Answer.REFERENCE : Answer.UNKNOWN;
    }

    private static boolean isConstructor(Die type, String functionName) {
        String className = type.name().orElse("");
        int arguments = className.indexOf('<');
        return functionName.equals(className)
                || (arguments > 0 && functionName.equals(className.substring(0, arguments)));
    }

    /** Whether the first parameter behind {@code this} is a reference to the class: it copies or moves. */
    private static boolean takesItsOwnClass(Die type, Die constructor) {
        DieWalk walk = constructor.children();
        while (walk.nextSibling()) {
            Die parameter = walk.die();
            if (parameter.tag() != Tag.FORMAL_PARAMETER || parameter.flag(Attribute.ARTIFICIAL)) {
                continue;
            }
            TypeName reference = TypeName.of(parameter.type());
            boolean refers = reference.is(Tag.REFERENCE_TYPE) || reference.is(Tag.RVALUE_REFERENCE_TYPE);
            Optional<Die> target =
                    refers ? TypeName.of(reference.die().flatMap(Die::type)).die() : Optional.empty();
            return target.map(Die::place).equals(Optional.of(type.place()));
        }
        return false;
    }
}
