/**
 * ELF files of Linux on x86-64: what the static and the dynamic linker wrote, and what the dynamic loader will make of it.
 *
 * <p>{@link jltrace.elf.ElfFile} is the way in. It reads nothing that is not asked for. Names follow the System V gABI and
 * the x86-64 psABI; symbol versions follow the Linux Standard Base. Everything works without section headers as long as
 * the loader itself needs only segments.
 *
 * <p>Contents that are not as they should be end in {@link jltrace.elf.ElfException}, whatever the bytes.
 */
@NullMarked
package jltrace.elf;

import org.jspecify.annotations.NullMarked;
