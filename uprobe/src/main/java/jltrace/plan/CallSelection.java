package jltrace.plan;

import jltrace.target.ObjectFile;

/** Which calls are shown, by who makes them. */
public interface CallSelection {
    /**
     * Whether calls of a function from an object are shown.
     *
     * @param importedName the name under which the caller imports it
     */
    boolean shows(TracedFunction function, String importedName, ObjectFile caller);

    /** Whether calls from code that belongs to no file are shown. */
    boolean showsUnknownCaller(TracedFunction function);
}
