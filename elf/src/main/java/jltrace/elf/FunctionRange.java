package jltrace.elf;

/**
 * A range of code that the unwind table describes: a function, or a part of one that the compiler moved elsewhere.
 *
 * @param virtualAddress where it begins
 * @param length its bytes
 * @param hasPersonality whether a language's personality routine is called when an exception passes through
 * @param hasLanguageData whether it has handlers or cleanups (an LSDA) for that routine
 * @param isSignalFrame whether it is where a signal handler returns to
 */
public record FunctionRange(
        long virtualAddress, long length, boolean hasPersonality, boolean hasLanguageData, boolean isSignalFrame) {}
