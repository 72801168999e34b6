package jltrace.type;

import java.util.Arrays;
import java.util.List;

/** The class of 8 bytes of a value, which decides what carries them (psABI 3.2.3, "Classification"). */
enum EightbyteClass {
    NO_CLASS,
    INTEGER,
    SSE,
    X87,
    X87UP,
    MEMORY;

    private static final int EIGHTBYTE = 8;
    private static final int LARGEST_IN_REGISTERS = 16;

    /**
     * Classifies a value of a type.
     *
     * @return the class of each 8 bytes, one or two; {@code [MEMORY]} for what is never in registers; nothing for no bytes
     */
    static List<EightbyteClass> classify(CType type) {
        if (type.size() == 0) {
            return List.of();
        }
        if (type.size() > LARGEST_IN_REGISTERS) {
            return List.of(MEMORY);
        }
        EightbyteClass[] classes = new EightbyteClass[(int) (type.size() + EIGHTBYTE - 1) / EIGHTBYTE];
        Arrays.fill(classes, NO_CLASS);
        merge(type, 0, classes);
        return afterMerging(classes);
    }

    private static void merge(CType type, long byteOffset, EightbyteClass[] classes) {
        int index = (int) (byteOffset / EIGHTBYTE);
        if (byteOffset % type.alignment() != 0) {
            classes[index] = MEMORY;
        } else if (type instanceof StructType struct) {
            for (StructType.Field field : struct.fields()) {
                if (field.type().size() > 0) {
                    merge(field.type(), byteOffset + field.byteOffset(), classes);
                }
            }
        } else if (type instanceof ArrayType array) {
            long elementSize = array.element().size();
            for (long offset = 0; offset < array.size(); offset += elementSize) {
                merge(array.element(), byteOffset + offset, classes);
            }
        } else if (type instanceof HiddenType hidden) {
            merge(hidden.underlying(), byteOffset, classes);
        } else if (type instanceof BitVectorType bits) {
            merge(bits.underlying(), byteOffset, classes);
        } else if (type instanceof FloatingType floating) {
            classes[index] = merged(classes[index], floating.width() == LARGEST_IN_REGISTERS ? X87 : SSE);
            if (floating.width() == LARGEST_IN_REGISTERS) {
                classes[index + 1] = merged(classes[index + 1], X87UP);
            }
        } else {
            for (long offset = byteOffset; offset < byteOffset + type.size(); offset += EIGHTBYTE) {
                int covered = (int) (offset / EIGHTBYTE);
                classes[covered] = merged(classes[covered], INTEGER);
            }
        }
    }

    private static EightbyteClass merged(EightbyteClass left, EightbyteClass right) {
        if (left == right || right == NO_CLASS) {
            return left;
        }
        if (left == NO_CLASS) {
            return right;
        }
        if (left == MEMORY || right == MEMORY) {
            return MEMORY;
        }
        if (left == INTEGER || right == INTEGER) {
            return INTEGER;
        }
        return left == SSE && right == SSE ? SSE : MEMORY;
    }

    private static List<EightbyteClass> afterMerging(EightbyteClass[] classes) {
        for (int i = 0; i < classes.length; i++) {
            boolean strayX87 = classes[i] == X87UP && (i == 0 || classes[i - 1] != X87);
            if (classes[i] == MEMORY || strayX87) {
                return List.of(MEMORY);
            }
        }
        return List.of(classes);
    }
}
