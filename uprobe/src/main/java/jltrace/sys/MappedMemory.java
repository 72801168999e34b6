package jltrace.sys;

import java.nio.ByteBuffer;

/**
 * Memory that the kernel shares with us.
 *
 * @param address its virtual address in this process, 0 in tests that never unmap it
 * @param buffer the bytes, direct and little-endian; not to be touched after {@link Linux#unmap}
 */
public record MappedMemory(long address, ByteBuffer buffer) {}
