package jltrace.value;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import jltrace.type.EnumType;
import jltrace.type.FloatingType;
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
    public void wideText(byte[] bytes, int start, int characters, int width, boolean complete) {
        StringBuilder text = new StringBuilder("L\"");
        ByteBuffer source = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < characters; i++) {
            text.appendCodePoint(source.getInt(start + width * i));
        }
        values.add(text.append(complete ? "\"" : "\"...").toString());
    }

    @Override
    public void enumerated(long value, EnumType type) {
        values.add("enum " + value);
    }

    @Override
    public void floating(double value, FloatingType type) {
        values.add(Double.toString(value));
    }

    @Override
    public void extended(long significand, int signAndExponent, FloatingType type) {
        values.add(Long.toHexString(significand) + "/" + Integer.toHexString(signAndExponent));
    }

    @Override
    public void function(byte[] name) {
        values.add(new String(name, StandardCharsets.UTF_8));
    }

    @Override
    public void constant(String name) {
        values.add(name);
    }

    @Override
    public void beginStruct() {
        values.add("{");
    }

    @Override
    public void field(String name) {
        values.add(name + "=");
    }

    @Override
    public void endStruct(boolean complete) {
        values.add(complete ? "}" : "...}");
    }

    @Override
    public void beginArray() {
        values.add("[");
    }

    @Override
    public void element() {}

    @Override
    public void endArray(boolean complete) {
        values.add(complete ? "]" : "...]");
    }

    @Override
    public void recursion(int levels) {
        values.add("recurse" + levels);
    }

    @Override
    public void more() {
        values.add("...");
    }

    @Override
    public void bits(byte[] bytes, int start, int length) {
        values.add("bits " + HexFormat.of().formatHex(bytes, start, start + length));
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
