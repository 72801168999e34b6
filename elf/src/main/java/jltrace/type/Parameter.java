package jltrace.type;

/**
 * A parameter of a function.
 *
 * @param name as in C; empty if unknown
 * @param type its type, after C's adjustment: an array parameter is a pointer
 * @param out whether it and all that follow it are shown when the function has returned (ltrace.conf(5), "Return arguments"): what it
 *     points to is the function's result
 * @param presence when it is passed
 */
public record Parameter(String name, CType type, boolean out, Presence presence) {

    /** A parameter that every call passes. */
    public Parameter(String name, CType type, boolean out) {
        this(name, type, out, Presence.ALWAYS);
    }

    /** A parameter without a name. */
    public static Parameter of(CType type) {
        return new Parameter("", type, false);
    }

    @Override
    public String toString() {
        return (out ? "+" : "")
                + type
                + (name.isEmpty() ? "" : " " + name)
                + (presence instanceof Presence.Always ? "" : " " + presence);
    }
}
