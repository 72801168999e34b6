package jltrace.plan;

/** What the user wants of where calls are seen. */
public enum EntryMode {
    /** In the functions; those that turn out to be called mostly by objects whose calls are not shown, in their callers' PLT stubs. */
    AUTO,
    /** In the functions. */
    FUNCTION,
    /** In the callers' PLT stubs, where all calls pass that are shown. */
    PLT
}
