package jltrace.dwarf;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import jltrace.bytes.ByteSource;
import jltrace.bytes.Cursor;

/**
 * One table of {@code .debug_abbrev} (7.5.3): which attributes an entry has and in which forms, by the code that the entry begins
 * with. All abbreviations are in flat arrays, with what it takes to skip an entry computed beforehand.
 */
final class Abbreviations {
    static final int NONE = -1;

    private final String fileName;
    private final Encoding encoding;
    private final long byteCount;
    private int count;
    private int[] tags = new int[32];
    private boolean[] children = new boolean[32];
    /** Where the attributes of each begin; one more than there are abbreviations. */
    private int[] firstAttributes = new int[33];

    private int[] totalSizes = new int[32];
    private int attributeCount;
    private int[] attributes = new int[160];
    private int[] forms = new int[160];
    private int[] sizes = new int[160];
    private final Map<Integer, Long> constants = new HashMap<>();
    /** The abbreviations by code, unless the codes are 1, 2, 3 as compilers number them. */
    private final Map<Long, Integer> indexes = new HashMap<>();

    private Abbreviations(ByteSource section, long offset, Encoding encoding, String fileName) {
        this.fileName = fileName;
        this.encoding = encoding;
        Cursor cursor = new Cursor(section, offset);
        for (long code = cursor.uleb128(); code != 0; code = cursor.uleb128()) {
            add(code, cursor);
        }
        this.byteCount = cursor.position() - offset;
    }

    /** The table at an offset of the section. */
    static Abbreviations read(ByteSource section, long offset, Encoding encoding, String fileName) {
        return new Abbreviations(section, offset, encoding, fileName);
    }

    private void add(long code, Cursor cursor) {
        if (count == tags.length) {
            tags = Arrays.copyOf(tags, count * 2);
            children = Arrays.copyOf(children, count * 2);
            totalSizes = Arrays.copyOf(totalSizes, count * 2);
            firstAttributes = Arrays.copyOf(firstAttributes, count * 2 + 1);
        }
        long tag = cursor.uleb128();
        tags[count] = tag >>> 16 == 0 ? (int) tag : 0;
        children[count] = cursor.u8() != 0;
        int total = 0;
        while (true) {
            long attribute = cursor.uleb128();
            long form = cursor.uleb128();
            if (form == Form.IMPLICIT_CONST) {
                constants.put(attributeCount, cursor.sleb128());
            }
            if (attribute == 0 && form == 0) {
                break;
            }
            int size = addAttribute(attribute, form);
            total = total == Form.VARIABLE_SIZE || size == Form.VARIABLE_SIZE ? Form.VARIABLE_SIZE : total + size;
        }
        totalSizes[count] = total;
        if (code != count + 1 || !indexes.isEmpty()) {
            useIndexes();
            indexes.putIfAbsent(code, count);
        }
        count++;
        firstAttributes[count] = attributeCount;
    }

    private int addAttribute(long attribute, long form) {
        if (attributeCount == attributes.length) {
            attributes = Arrays.copyOf(attributes, attributeCount * 2);
            forms = Arrays.copyOf(forms, attributeCount * 2);
            sizes = Arrays.copyOf(sizes, attributeCount * 2);
        }
        if (form >>> 16 != 0) {
            throw DwarfException.unknownForm(fileName, form);
        }
        int size = Form.size((int) form, encoding);
        attributes[attributeCount] = attribute >>> 16 == 0 ? (int) attribute : 0;
        forms[attributeCount] = (int) form;
        sizes[attributeCount] = size;
        attributeCount++;
        return size;
    }

    private void useIndexes() {
        if (indexes.isEmpty()) {
            for (int i = 0; i < count; i++) {
                indexes.put(i + 1L, i);
            }
        }
    }

    /** The bytes that the table takes. */
    long byteCount() {
        return byteCount;
    }

    /** The abbreviation of a code; {@link #NONE} if there is none. */
    int index(long code) {
        if (!indexes.isEmpty()) {
            return indexes.getOrDefault(code, NONE);
        }
        return code >= 1 && code <= count ? (int) code - 1 : NONE;
    }

    int tag(int index) {
        return tags[index];
    }

    boolean hasChildren(int index) {
        return children[index];
    }

    int form(int number) {
        return forms[number];
    }

    /** The value of an attribute of form {@link Form#IMPLICIT_CONST}. */
    long constant(int number) {
        return constants.getOrDefault(number, 0L);
    }

    /** The number of an abbreviation's attribute; {@link #NONE} if it has no such attribute. */
    int find(int index, int attribute) {
        for (int i = firstAttributes[index]; i < firstAttributes[index + 1]; i++) {
            if (attributes[i] == attribute) {
                return i;
            }
        }
        return NONE;
    }

    /** Moves from the first attribute of an entry to the attribute of a number. */
    void seek(int index, int number, Cursor cursor) {
        for (int i = firstAttributes[index]; i < number; i++) {
            skipValue(i, cursor);
        }
    }

    /** Moves from the first attribute of an entry behind the last. */
    void skip(int index, Cursor cursor) {
        if (totalSizes[index] != Form.VARIABLE_SIZE) {
            cursor.skip(totalSizes[index]);
        } else {
            seek(index, firstAttributes[index + 1], cursor);
        }
    }

    private void skipValue(int number, Cursor cursor) {
        if (sizes[number] != Form.VARIABLE_SIZE) {
            cursor.skip(sizes[number]);
        } else {
            Form.skip(forms[number], cursor, encoding, fileName);
        }
    }
}
