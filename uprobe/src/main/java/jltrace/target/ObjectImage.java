package jltrace.target;

import java.nio.file.Path;
import jltrace.elf.ElfFile;

/**
 * A file with code of a traced process, opened.
 *
 * @param file what it is to the process
 * @param elf its contents
 * @param needed whether it stays as long as the program: it was not opened by dlopen(3)
 * @param path how this process opens it
 */
public record ObjectImage(ObjectFile file, ElfFile elf, boolean needed, Path path) {}
