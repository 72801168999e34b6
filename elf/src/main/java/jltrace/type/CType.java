package jltrace.type;

/**
 * A C type and the way its values are shown.
 *
 * <p>Types are immutable, except that a {@link StructType} may be defined once after it was declared, as in C. {@code equals},
 * {@code hashCode} and {@code toString} end on recursive types too. {@code toString} gives the type in the prototype language of
 * ltrace.conf(5).
 */
public sealed interface CType
        permits VoidType,
                IntegerType,
                FloatingType,
                PointerType,
                StringType,
                FormatType,
                StructType,
                ArrayType,
                EnumType,
                BitVectorType,
                BitFieldType,
                SocketAddressType,
                FunctionPointerType,
                HiddenType {

    /**
     * The bytes that a value takes in memory on x86-64, as C's {@code sizeof}: 0 for {@code void}, for a structure that is declared
     * but not defined, and for an array whose length is known only at run time.
     */
    long size();

    /** The alignment in bytes, as C's {@code _Alignof}; at least 1. */
    int alignment();
}
