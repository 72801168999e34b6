package jltrace.value;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jltrace.type.EnumType;
import jltrace.type.IntegerType;

/** Writes down what values it is told, without any output format. */
final class HeardValues implements ValueSink {
    final List<String> values = new ArrayList<>();
    private int arguments;

    int arguments() {
        return arguments;
    }

    @Override
    public void argument() {
        arguments++;
    }

    @Override
    public void number(long value, IntegerType type) {
        values.add(type.signed() ? Long.toString(value) : Long.toUnsignedString(value));
    }

    @Override
    public void address(long value) {
        values.add("0x" + Long.toHexString(value));
    }

    @Override
    public void nil() {
        values.add("nil");
    }

    @Override
    public void text(byte[] bytes, int start, int length, boolean complete) {
        values.add('"' + new String(bytes, start, length, StandardCharsets.ISO_8859_1) + '"' + (complete ? "" : "..."));
    }

    @Override
    public void enumerated(long value, EnumType type) {
        values.add("enum " + value);
    }

    @Override
    public void bits(long value, long size) {
        values.add("bits " + Long.toHexString(value) + "/" + size);
    }

    @Override
    public void unknown() {
        values.add("?");
    }

    @Override
    public void nothing() {
        values.add("void");
    }
}
