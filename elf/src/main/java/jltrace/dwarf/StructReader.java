package jltrace.dwarf;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import jltrace.bytes.ByteSource;
import jltrace.bytes.Cursor;
import jltrace.elf.ElfException;
import jltrace.type.ArrayType;
import jltrace.type.BitFieldType;
import jltrace.type.CType;
import jltrace.type.Display;
import jltrace.type.EnumType;
import jltrace.type.HiddenType;
import jltrace.type.IntegerType;
import jltrace.type.LengthExpression;
import jltrace.type.StructType;

/** Structures, unions and classes (5.7). */
final class StructReader {
    /** What a structure without a name is called, as gdb does. */
    private static final String ANONYMOUS = "{...}";

    private static final int OP_PLUS_UCONST = 0x23;
    private static final int LARGEST_ALIGNMENT = 1 << 16;
    private static final int MOST_FIELDS = 1 << 16;

    private final TypeReader types;
    private final Set<Die.Place> beingRead = new HashSet<>();

    StructReader(TypeReader types) {
        this.types = types;
    }

    /** The structure, its fields to be read when they are asked for; undefined if it is only declared. */
    StructType of(Die die, String typedefName) {
        String name = qualifiedName(die).orElse(typedefName.isEmpty() ? ANONYMOUS : typedefName);
        long size = die.constant(Attribute.BYTE_SIZE).orElse(0);
        if (die.flag(Attribute.DECLARATION) || size <= 0) {
            return StructType.declared(name);
        }
        return StructType.lazy(name, size, () -> layout(die, name, size));
    }

    private static Optional<String> qualifiedName(Die die) {
        Optional<Die> declaration = die.reference(Attribute.SPECIFICATION);
        Die named = declaration.orElse(die);
        boolean scoped = named.unit().language().isScoped();
        return named.name().map(name -> scoped ? named.unit().scopes().prefix(named.offset()) + name : name);
    }

    /** The fields; none if the information contradicts itself. */
    private Optional<StructType.Layout> layout(Die die, String name, long size) {
        try {
            return types.effort().answer(() -> readOnce(die, name, size));
        } catch (DwarfException | ElfException e) {
            return Optional.empty();
        }
    }

    /** A structure that contains itself has no layout. */
    private Optional<StructType.Layout> readOnce(Die die, String name, long size) {
        if (!beingRead.add(die.place())) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(die, name, size));
        } finally {
            beingRead.remove(die.place());
        }
    }

    private StructType.Layout read(Die die, String name, long size) {
        List<StructType.Field> fields = new ArrayList<>();
        int strictest = 1;
        DieWalk walk = die.children();
        while (walk.nextSibling()) {
            if (walk.tag() != Tag.MEMBER && walk.tag() != Tag.INHERITANCE) {
                continue;
            }
            types.effort().spend(1);
            Optional<StructType.Field> field = field(walk.die(), size);
            if (field.isPresent()) {
                fields.add(field.get());
                CType type = field.get().type();
                CType aligned = type instanceof BitFieldType bits ? bits.underlying() : type;
                boolean isAligned = field.get().byteOffset() % aligned.alignment() == 0;
                strictest = isAligned ? Math.max(strictest, aligned.alignment()) : strictest;
            }
            if (fields.size() > MOST_FIELDS) {
                throw DwarfException.tooComplex(die.unit().file().name(), "number of fields", MOST_FIELDS);
            }
        }
        long stated = die.constant(Attribute.ALIGNMENT).orElse(0);
        if (stated > 0 && stated <= LARGEST_ALIGNMENT && Long.bitCount(stated) == 1) {
            strictest = Math.max(strictest, (int) stated);
        }
        // A packed structure's size is no multiple of its fields' alignment.
        while (size % strictest != 0) {
            strictest /= 2;
        }
        return new StructType.Layout(LibraryClasses.fields(name, fields), strictest);
    }

    /** The field that a member is; empty for a static one, a virtual base and one without a place of its own. */
    private Optional<StructType.Field> field(Die member, long structSize) {
        boolean isStatic = member.flag(Attribute.EXTERNAL)
                || member.flag(Attribute.DECLARATION)
                || member.has(Attribute.CONST_VALUE);
        boolean isVirtualBase = member.tag() == Tag.INHERITANCE && member.flag(Attribute.VIRTUALITY);
        OptionalLong location = location(member);
        if (isStatic || isVirtualBase || location.isEmpty()) {
            return Optional.empty();
        }
        CType known = types.typeOf(member).orElseGet(() -> unknown(member));
        // What the compiler added, the source does not know: the address of the table of virtual functions.
        CType type = isVirtualTable(member) ? new HiddenType(known) : known;
        OptionalLong bitSize = member.constant(Attribute.BIT_SIZE);
        Optional<StructType.Field> field = bitSize.isPresent()
                ? bitField(member, type, location.getAsLong(), bitSize.getAsLong())
                : Optional.of(new StructType.Field(name(member, type), type, location.getAsLong()));
        return field.filter(placed -> !TypeReader.hasNoPlace(placed.type())
                && placed.byteOffset() >= 0
                && placed.byteOffset() <= structSize - placed.type().size());
    }

    private static boolean isVirtualTable(Die member) {
        return member.flag(Attribute.ARTIFICIAL) && member.name().orElse("").startsWith("_vptr");
    }

    private static String name(Die member, CType type) {
        boolean isBase = member.tag() == Tag.INHERITANCE && type instanceof StructType;
        return isBase ? ((StructType) type).name() : member.name().orElse("");
    }

    /** Where in the structure a member is, in bytes; 0 if it does not say; empty if that depends on the object. */
    private static OptionalLong location(Die member) {
        Optional<AttributeValue> attribute = member.attribute(Attribute.DATA_MEMBER_LOCATION);
        if (attribute.isEmpty()) {
            return OptionalLong.of(0);
        }
        OptionalLong constant = attribute.get().constant();
        if (constant.isPresent()) {
            return constant;
        }
        // DWARF 2 has an expression: add a number to the structure's address.
        ByteSource expression = attribute.get().block();
        if (expression.size() < 2 || expression.u8(0) != OP_PLUS_UCONST) {
            return OptionalLong.empty();
        }
        Cursor cursor = new Cursor(expression, 1);
        long offset = cursor.uleb128();
        return cursor.hasRemaining() ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    private static Optional<StructType.Field> bitField(Die member, CType type, long location, long bitSize) {
        boolean known = type instanceof IntegerType || type instanceof EnumType;
        OptionalLong firstBit = firstBit(member, type, location, bitSize);
        if (!known || firstBit.isEmpty() || firstBit.getAsLong() < 0) {
            return Optional.empty();
        }
        int inByte = (int) (firstBit.getAsLong() % Byte.SIZE);
        if (bitSize < 1 || bitSize + inByte > Long.SIZE) {
            return Optional.empty();
        }
        BitFieldType bits = new BitFieldType(type, inByte, (int) bitSize);
        return Optional.of(new StructType.Field(member.name().orElse(""), bits, firstBit.getAsLong() / Byte.SIZE));
    }

    /** The lowest bit, counted from the structure's beginning. */
    private static OptionalLong firstBit(Die member, CType type, long location, long bitSize) {
        OptionalLong sinceVersion4 = member.constant(Attribute.DATA_BIT_OFFSET);
        if (sinceVersion4.isPresent()) {
            return OptionalLong.of(location * Byte.SIZE + sinceVersion4.getAsLong());
        }
        // Before, the distance from the highest bit of the integer that has the field.
        OptionalLong fromTop = member.constant(Attribute.BIT_OFFSET);
        if (fromTop.isEmpty()) {
            return OptionalLong.of(location * Byte.SIZE);
        }
        long storage = member.constant(Attribute.BYTE_SIZE).orElse(type.size());
        long top = fromTop.getAsLong();
        // Negative if it begins beyond that integer; DWARF 3 has it so, in a form without a sign.
        long signedTop = top > Integer.MAX_VALUE ? (int) top : top;
        return OptionalLong.of((location + storage) * Byte.SIZE - signedTop - bitSize);
    }

    /** A value that takes its place but that nothing is known of. */
    private static CType unknown(Die member) {
        long size = TypeName.of(member.type())
                .die()
                .map(die -> die.constant(Attribute.BYTE_SIZE).orElse(0))
                .orElse(0L);
        CType bytes = new IntegerType(1, false, Display.HEXADECIMAL);
        return new HiddenType(new ArrayType(bytes, new LengthExpression.Constant(Math.max(0, size))));
    }
}
