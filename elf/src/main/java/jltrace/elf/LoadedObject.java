package jltrace.elf;

import java.nio.file.Path;

/**
 * An object that the dynamic loader maps when a program starts.
 *
 * @param name what it was asked for as: the program's path, an entry of {@code LD_PRELOAD}, a {@code DT_NEEDED}, or the path
 *     in {@code PT_INTERP}
 * @param path where the loader found it, as the program knows the path; symbolic links stay
 * @param file the file itself, behind all symbolic links, as this process can open it
 * @param foundBy how it was found
 * @param elf its contents
 */
public record LoadedObject(String name, String path, Path file, FoundBy foundBy, ElfFile elf) {
    /** Where the loader found an object. */
    public enum FoundBy {
        /** It is the program. */
        PROGRAM,
        /** It is the dynamic loader that the program names. */
        INTERPRETER,
        /** Its name is a path. */
        PATH,
        /** In a directory of {@code DT_RPATH}, of the object that needs it or of one that led to that one. */
        RPATH,
        /** In a directory of {@code LD_LIBRARY_PATH}. */
        LIBRARY_PATH,
        /** In a directory of {@code DT_RUNPATH} of the object that needs it. */
        RUNPATH,
        /** In /etc/ld.so.cache. */
        CACHE,
        /** In one of the directories that the loader was built with. */
        DEFAULT_DIRECTORY
    }
}
