package jltrace.call;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A process's memory and registers, from which fetch arguments are read as the kernel reads them. Pages are of 4096 bytes. */
public final class FakeMemory {
    private static final int PAGE_SIZE = 4096;

    private final Map<Long, byte[]> pages = new HashMap<>();
    private final Map<String, Long> registers = new HashMap<>();

    /** Writes bytes; the pages that they lie on are there from then on. */
    public FakeMemory put(long address, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            long at = address + i;
            pages.computeIfAbsent(at / PAGE_SIZE, page -> new byte[PAGE_SIZE])[(int) (at % PAGE_SIZE)] = bytes[i];
        }
        return this;
    }

    /** Writes 8-byte numbers. */
    public FakeMemory put(long address, long... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long number : numbers) {
            bytes.putLong(number);
        }
        return put(address, bytes.array());
    }

    /** Writes a C string. */
    public FakeMemory text(long address, String text) {
        return put(address, (text + "\0").getBytes(StandardCharsets.UTF_8));
    }

    FakeMemory register(String name, long value) {
        registers.put(name, value);
        return this;
    }

    public boolean isMapped(long address) {
        return pages.containsKey(address / PAGE_SIZE);
    }

    /** The fields of a record of these fetch arguments. */
    ByteBuffer record(String fetchArguments) {
        ByteBuffer record = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        for (String argument : fetchArguments.split(" ", -1)) {
            String fetch = argument.substring(argument.indexOf('=') + 1, argument.lastIndexOf(':'));
            String type = argument.substring(argument.lastIndexOf(':') + 1);
            if (type.equals("u32")) {
                record.putInt((int) value(fetch));
            } else if (type.equals("u64")) {
                record.putLong(value(fetch));
            } else {
                int elements = Integer.parseInt(type.substring("x64[".length(), type.length() - 1));
                byte[] array = new byte[8 * elements];
                int close = fetch.indexOf('(');
                long address = value(fetch.substring(close + 1, fetch.length() - 1))
                        + Long.parseLong(fetch.substring(1, close));
                read(address, array);
                record.put(array);
            }
        }
        return record.flip();
    }

    private long value(String fetch) {
        if (fetch.startsWith("%")) {
            return registers.getOrDefault(fetch, 0L);
        }
        if (fetch.startsWith("\\")) {
            return Long.parseLong(fetch.substring(1));
        }
        int open = fetch.indexOf('(');
        long address = value(fetch.substring(open + 1, fetch.length() - 1)) + Long.parseLong(fetch.substring(1, open));
        byte[] word = new byte[8];
        read(address, word);
        return ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** What can't be read stays zero. */
    private void read(long address, byte[] destination) {
        for (int i = 0; i < destination.length; i++) {
            byte[] page = pages.get((address + i) / PAGE_SIZE);
            if (page != null) {
                destination[i] = page[(int) ((address + i) % PAGE_SIZE)];
            }
        }
    }
}
