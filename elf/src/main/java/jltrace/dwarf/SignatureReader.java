package jltrace.dwarf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jltrace.type.ArrayType;
import jltrace.type.CType;
import jltrace.type.FloatingType;
import jltrace.type.FunctionSignature;
import jltrace.type.HiddenType;
import jltrace.type.Parameter;
import jltrace.type.PointerType;
import jltrace.type.StructType;
import jltrace.type.VoidType;
import org.jspecify.annotations.Nullable;

/**
 * Makes signatures of functions (3.3). A function whose arguments may be elsewhere than the declaration has them gets none.
 */
final class SignatureReader {
    private static final int MOST_PARAMETERS = 1024;
    private static final int VECTOR_REGISTERS = 8;
    private static final int DEEPEST = 16;
    private static final Parameter RESULT_ADDRESS = Parameter.of(new HiddenType(PointerType.OPAQUE));

    private final TypeReader types;
    private final PassedByReference passedByReference;
    private final Map<TypeOfLanguage, Optional<Passed>> known = new HashMap<>();

    /**
     * How a value is passed.
     *
     * @param type its type as the calling convention takes it
     * @param byReference whether it is an object whose address is passed instead
     * @param vector whether it is in one vector register that no type here stands for
     */
    private record Passed(CType type, boolean byReference, boolean vector) {
        Passed(CType type) {
            this(type, false, false);
        }
    }

    /** A type's entry as a language sees it. */
    private record TypeOfLanguage(Die.Place type, Language language) {
        // Written out, as those of a place.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof TypeOfLanguage that && that.language == language && that.type.equals(type);
        }

        @Override
        public int hashCode() {
            return type.hashCode() * 31 + language.hashCode();
        }
    }

    SignatureReader(TypeReader types) {
        this.types = types;
        this.passedByReference = new PassedByReference(types.effort());
    }

    /** The signature of a function; empty if it can't be told how the arguments are passed. */
    Optional<FunctionSignature> read(FunctionEntry function) {
        if (!function.followsConvention()) {
            return Optional.empty();
        }
        Language language = function.language();
        Optional<Passed> result = passed(function.resultType(), language);
        if (language == Language.OTHER || language == Language.ASSEMBLY || result.isEmpty()) {
            return Optional.empty();
        }
        List<Parameter> parameters = new ArrayList<>();
        CType resultType = result.get().type();
        if (result.get().byReference()) {
            parameters.add(RESULT_ADDRESS);
        }
        List<FunctionEntry.ParameterEntry> entries = function.parameters();
        if (entries.size() > MOST_PARAMETERS) {
            throw DwarfException.tooComplex(function.fileName(), "number of parameters", MOST_PARAMETERS);
        }
        int vectors = 0;
        for (FunctionEntry.ParameterEntry entry : entries) {
            Optional<Passed> passed = passed(entry.type(), language);
            if (passed.isEmpty()) {
                return Optional.empty();
            }
            vectors += passed.get().vector() ? 1 : 0;
            // What a constructor is to make is not there yet.
            boolean unmade = entry.name().equals("this") && function.isConstructor();
            parameters.add(new Parameter(entry.name(), passed.get().type(), unmade));
        }
        // The stand-in for a vector has the right register but not the right size on the stack.
        boolean onStack = vectors > 0 && entries.size() > VECTOR_REGISTERS;
        return onStack
                ? Optional.empty()
                : Optional.of(new FunctionSignature(
                        function.qualifiedName(), resultType, parameters, function.isVariadic(), false));
    }

    private Optional<Passed> passed(Optional<Die> type, Language language) {
        if (type.isEmpty()) {
            return Optional.of(new Passed(VoidType.VOID));
        }
        // Not by computeIfAbsent: reading one type may lead to others.
        TypeOfLanguage key = new TypeOfLanguage(type.get().place(), language);
        Optional<Passed> result = known.get(key);
        if (result == null) {
            result = read(type, language);
            known.put(key, result);
        }
        return result;
    }

    private Optional<Passed> read(Optional<Die> type, Language language) {
        TypeName name = TypeName.of(type);
        if (name.die().isEmpty()) {
            return Optional.of(new Passed(VoidType.VOID));
        }
        Die die = name.die().get();
        if (isVector(die)) {
            return Optional.of(new Passed(FloatingType.DOUBLE, false, true));
        }
        if (BaseTypes.isLongComplex(die)) {
            return Optional.empty();
        }
        Optional<CType> converted = types.convert(type, 0);
        if (!Tag.isClass(die.tag())) {
            boolean scalar = die.tag() != Tag.ARRAY_TYPE && die.tag() != Tag.UNSPECIFIED_TYPE;
            boolean nullPointer = die.tag() == Tag.UNSPECIFIED_TYPE && language == Language.C_PLUS_PLUS;
            return converted.filter(any -> scalar || nullPointer).map(Passed::new);
        }
        if (!language.passesStructures()) {
            return Optional.empty();
        }
        if (language == Language.C_PLUS_PLUS) {
            switch (passedByReference.of(die)) {
                case REFERENCE -> {
                    return converted.map(object -> new Passed(new PointerType(object), true, false));
                }
                case UNKNOWN -> {
                    return Optional.empty();
                }
                case VALUE -> {}
            }
        }
        return converted.filter(read -> isKnownThroughout(read, 0)).map(Passed::new);
    }

    /** Whether a value is passed in one vector register that no type here stands for. */
    private static boolean isVector(Die type) {
        boolean vector = type.tag() == Tag.ARRAY_TYPE && type.flag(Attribute.GNU_VECTOR);
        return vector || (BaseTypes.of(type).isEmpty() && BaseTypes.isPassedAsVector(type));
    }

    /** Whether all parts of a value are known, so that the registers for it are. */
    private static boolean isKnownThroughout(CType type, int depth) {
        if (type instanceof HiddenType || depth > DEEPEST) {
            return false;
        }
        if (type instanceof ArrayType array) {
            return isKnownThroughout(array.element(), depth + 1);
        }
        if (!(type instanceof StructType struct)) {
            return true;
        }
        if (!struct.isDefined()) {
            return false;
        }
        // What is larger than two registers is on the stack, whatever it consists of.
        return struct.size() > 16
                || struct.fields().stream().allMatch(field -> isKnownThroughout(field.type(), depth + 1));
    }
}
