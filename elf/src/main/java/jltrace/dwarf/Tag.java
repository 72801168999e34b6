package jltrace.dwarf;

/** What an entry stands for (7.5.3). */
final class Tag {
    static final int ARRAY_TYPE = 0x01;
    static final int CLASS_TYPE = 0x02;
    static final int ENUMERATION_TYPE = 0x04;
    static final int FORMAL_PARAMETER = 0x05;
    static final int MEMBER = 0x0d;
    static final int POINTER_TYPE = 0x0f;
    static final int REFERENCE_TYPE = 0x10;
    static final int COMPILE_UNIT = 0x11;
    static final int STRUCTURE_TYPE = 0x13;
    static final int SUBROUTINE_TYPE = 0x15;
    static final int TYPEDEF = 0x16;
    static final int UNION_TYPE = 0x17;
    static final int UNSPECIFIED_PARAMETERS = 0x18;
    static final int INHERITANCE = 0x1c;
    static final int PTR_TO_MEMBER_TYPE = 0x1f;
    static final int SUBRANGE_TYPE = 0x21;
    static final int BASE_TYPE = 0x24;
    static final int CONST_TYPE = 0x26;
    static final int ENUMERATOR = 0x28;
    static final int PACKED_TYPE = 0x2d;
    static final int SUBPROGRAM = 0x2e;
    static final int VARIABLE = 0x34;
    static final int VOLATILE_TYPE = 0x35;
    static final int RESTRICT_TYPE = 0x37;
    static final int INTERFACE_TYPE = 0x38;
    static final int NAMESPACE = 0x39;
    static final int UNSPECIFIED_TYPE = 0x3b;
    static final int SHARED_TYPE = 0x40;
    static final int RVALUE_REFERENCE_TYPE = 0x42;
    static final int TEMPLATE_ALIAS = 0x43;
    static final int ATOMIC_TYPE = 0x47;
    static final int IMMUTABLE_TYPE = 0x4b;

    private Tag() {}

    /** Whether it is a type whose members have a scope of their own. */
    static boolean isClass(int tag) {
        return tag == STRUCTURE_TYPE || tag == CLASS_TYPE || tag == UNION_TYPE || tag == INTERFACE_TYPE;
    }

    /** Whether it is another name for a type, or a type with a qualifier. */
    static boolean isAlias(int tag) {
        return switch (tag) {
            case TYPEDEF,
                    CONST_TYPE,
                    VOLATILE_TYPE,
                    RESTRICT_TYPE,
                    ATOMIC_TYPE,
                    PACKED_TYPE,
                    SHARED_TYPE,
                    IMMUTABLE_TYPE,
                    TEMPLATE_ALIAS -> true;
            default -> false;
        };
    }
}
