package jltrace.cli.output;

/** Which characters outside of ASCII can be shown on a terminal as they are: those that have a shape and move nothing around. */
final class PrintableText {
    private static final int FIRST_OF_THREE = 0x800;
    private static final int FIRST_OF_FOUR = 0x10000;

    private PrintableText() {}

    /**
     * The bytes of the printable character that begins at an index, in UTF-8; 0 if what is there is no valid sequence, or its character
     * is not printable.
     */
    static int sequence(byte[] bytes, int at, int end) {
        int lead = bytes[at] & 0xff;
        int size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
        if (size == 0 || lead > 0xf4 || at + size > end) {
            return 0;
        }
        int character = lead & (0x7f >> size);
        for (int i = at + 1; i < at + size; i++) {
            if ((bytes[i] & 0xc0) != 0x80) {
                return 0;
            }
            character = character << 6 | (bytes[i] & 0x3f);
        }
        boolean tooLong = (size == 3 && character < FIRST_OF_THREE) || (size == 4 && character < FIRST_OF_FOUR);
        return tooLong || !isPrintable(character) ? 0 : size;
    }

    /**
     * Whether a character outside of ASCII is printable. Not so are controls (C1), line and paragraph separators, marks that change the
     * direction of text and other invisible ones, surrogates, and what is not assigned.
     */
    static boolean isPrintable(int character) {
        if (!Character.isValidCodePoint(character) || character < 0xa0) {
            return false;
        }
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** Writes a character outside of ASCII in UTF-8 and returns how many bytes it took. */
    static int encode(int character, byte[] bytes, int at) {
        int size = character < FIRST_OF_THREE ? 2 : character < FIRST_OF_FOUR ? 3 : 4;
        int rest = character;
        for (int i = at + size - 1; i > at; i--) {
            bytes[i] = (byte) (0x80 | (rest & 0x3f));
            rest >>= 6;
        }
        bytes[at] = (byte) ((0xf00 >> size) | rest);
        return size;
    }
}
