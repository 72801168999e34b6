package jltrace.dwarf;

import java.util.Optional;
import java.util.OptionalLong;
import jltrace.bytes.Cursor;
import org.jspecify.annotations.Nullable;

/**
 * A debugging information entry (2.1): what is said of a function, a parameter, a type. Attributes are decoded when they are asked for.
 *
 * @param unit the unit that has it
 * @param offset where it begins in the unit's section
 * @param abbreviation the index of its abbreviation
 * @param attributesOffset where its attributes' values begin
 */
record Die(Unit unit, long offset, int abbreviation, long attributesOffset) {

    /**
     * What tells an entry from all others.
     *
     * @param section the section that it is in
     */
    record Place(UnitSection section, long offset) {
        // Written out, because those that a record has from the start take 10 ms or more when they are first used.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Place place && place.section == section && place.offset == offset;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(section) * 31 + Long.hashCode(offset);
        }
    }

    Place place() {
        return new Place(unit.section(), offset);
    }

    int tag() {
        return unit.abbreviations().tag(abbreviation);
    }

    boolean has(int attribute) {
        return unit.abbreviations().find(abbreviation, attribute) != Abbreviations.NONE;
    }

    Optional<AttributeValue> attribute(int attribute) {
        Abbreviations abbreviations = unit.abbreviations();
        int number = abbreviations.find(abbreviation, attribute);
        if (number == Abbreviations.NONE) {
            return Optional.empty();
        }
        Cursor cursor = new Cursor(unit.bytes(), attributesOffset);
        abbreviations.seek(abbreviation, number, cursor);
        int form = abbreviations.form(number);
        if (form == Form.INDIRECT) {
            form = Form.indirect(cursor, unit.file().name());
        }
        return Optional.of(new AttributeValue(unit, form, cursor.position(), abbreviations.constant(number)));
    }

    /** An attribute's value if it is a constant or an offset. */
    OptionalLong constant(int attribute) {
        Optional<AttributeValue> value = attribute(attribute);
        return value.isPresent() ? value.get().constant() : OptionalLong.empty();
    }

    boolean flag(int attribute) {
        return constant(attribute).orElse(0) != 0;
    }

    Optional<String> string(int attribute) {
        return attribute(attribute).flatMap(AttributeValue::string);
    }

    OptionalLong address(int attribute) {
        Optional<AttributeValue> value = attribute(attribute);
        return value.isPresent() ? value.get().address() : OptionalLong.empty();
    }

    Optional<Die> reference(int attribute) {
        return attribute(attribute).flatMap(AttributeValue::reference);
    }

    Optional<String> name() {
        return string(Attribute.NAME);
    }

    Optional<String> linkageName() {
        Optional<String> name = string(Attribute.LINKAGE_NAME);
        return name.isPresent() ? name : string(Attribute.MIPS_LINKAGE_NAME);
    }

    Optional<Die> type() {
        return reference(Attribute.TYPE);
    }

    /** A walk over the entries that it owns and theirs; use {@link DieWalk#nextSibling} for its own only. */
    DieWalk children() {
        return DieWalk.below(this);
    }
}
