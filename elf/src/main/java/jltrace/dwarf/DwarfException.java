package jltrace.dwarf;

import jltrace.bytes.MalformedBytesException;

/** Debug information that contradicts itself, or that is written in a way which is not known here. The message names the file. */
public final class DwarfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String fileName;
    private final long value;

    /** What is the matter. */
    public enum Kind {
        /** A section ends before what it should hold; the value is the offset in the file, or in the decompressed section. */
        TRUNCATED,
        /** A version that is not known; the value is the version. */
        UNKNOWN_VERSION,
        /** A form of attribute values that is not known, so that what follows can't be read; the value is the form. */
        UNKNOWN_FORM,
        /** A number that cannot be; the value is the number. */
        BAD_VALUE,
        /** A reference to where nothing of the kind is; the value is the offset, index or signature. */
        BAD_REFERENCE,
        /** Reading it would take longer than any real file does; the value is the limit that was reached. */
        TOO_COMPLEX
    }

    private DwarfException(Kind kind, String fileName, String fault, long value) {
        super(fileName + ": debug information: " + fault);
        this.kind = kind;
        this.fileName = fileName;
        this.value = value;
    }

    static DwarfException truncated(String fileName, MalformedBytesException cause) {
        DwarfException exception =
                new DwarfException(Kind.TRUNCATED, fileName, "truncated: " + cause.getMessage(), cause.offset());
        exception.initCause(cause);
        return exception;
    }

    /** @param what what has the version, such as "unit" */
    static DwarfException unknownVersion(String fileName, String what, long version) {
        return new DwarfException(Kind.UNKNOWN_VERSION, fileName, what + " of unknown version " + version, version);
    }

    static DwarfException unknownForm(String fileName, long form) {
        return new DwarfException(Kind.UNKNOWN_FORM, fileName, "unknown form 0x" + Long.toHexString(form), form);
    }

    /** @param what what has the value, such as "address size" */
    static DwarfException badValue(String fileName, String what, long value) {
        return new DwarfException(Kind.BAD_VALUE, fileName, what + " 0x" + Long.toHexString(value), value);
    }

    /** @param what what was to be there, such as "entry at offset" */
    static DwarfException badReference(String fileName, String what, long reference) {
        return new DwarfException(
                Kind.BAD_REFERENCE, fileName, "no " + what + " 0x" + Long.toHexString(reference), reference);
    }

    /** @param what what there is too much of */
    static DwarfException tooComplex(String fileName, String what, long limit) {
        return new DwarfException(Kind.TOO_COMPLEX, fileName, what + " exceeds " + limit, limit);
    }

    /** What is the matter. */
    public Kind kind() {
        return kind;
    }

    /** The file that has it. */
    public String fileName() {
        return fileName;
    }

    /** The value that is at fault; see {@link Kind}. */
    public long value() {
        return value;
    }
}
