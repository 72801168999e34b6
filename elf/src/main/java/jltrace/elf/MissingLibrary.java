package jltrace.elf;

/**
 * A library that the dynamic loader would not find or not accept. If a program needs it, the program does not start; if it
 * was only to be preloaded, the program starts without it.
 *
 * @param name the {@code DT_NEEDED} or the entry of {@code LD_PRELOAD}
 * @param neededBy path of the object that needs it, empty if it was to be preloaded
 * @param reason what is the matter
 */
public record MissingLibrary(String name, String neededBy, String reason) {}
