package jltrace.value;

import jltrace.value.MemoryProbe.Presence;

/** Shows strings. */
final class TextDecoder {
    /** In the place of a number of characters: there is no limit. */
    static final long UNLIMITED = Long.MAX_VALUE;

    private final int shownCharacters;

    TextDecoder(int shownCharacters) {
        this.shownCharacters = shownCharacters;
    }

    /**
     * Characters up to a zero.
     *
     * @param offset where they begin
     * @param width the bytes of a character
     * @param most how many characters there are at most, if no zero comes before; or {@link #UNLIMITED}
     */
    void untilZero(MemoryView view, int offset, int width, long most, ValueSink sink) {
        int captured = (int) Math.min(most, (view.length() - offset) / width);
        int length = 0;
        while (length < captured && !view.isZero(offset + length * width, width)) {
            length++;
        }
        int end = offset + length * width;
        boolean ends = length < captured ? view.isThere(end, width) : length == most;
        if (length == 0 && !ends && captured > 0) {
            absent(view, offset, sink);
        } else {
            show(view, offset, Math.min(length, shownCharacters), width, ends && length <= shownCharacters, sink);
        }
    }

    /** So many characters, of which any may be zero. */
    void exactly(MemoryView view, int offset, int width, long length, ValueSink sink) {
        int shown = (int) Math.min(Math.min(length, shownCharacters), (view.length() - offset) / width);
        if (shown > 0 && view.presence(offset) != Presence.MAPPED) {
            absent(view, offset, sink);
            return;
        }
        if (shown > 0 && !view.isThere(offset, shown * width)) {
            show(view, offset, (view.boundary() - offset) / width, width, false, sink);
            return;
        }
        show(view, offset, shown, width, shown == length, sink);
    }

    private static void absent(MemoryView view, int offset, ValueSink sink) {
        if (offset == 0 && view.presence(0) == Presence.UNMAPPED) {
            sink.address(view.address());
        } else {
            sink.unknown();
        }
    }

    private static void show(MemoryView view, int offset, int characters, int width, boolean complete, ValueSink sink) {
        if (width == 1) {
            sink.text(view.bytes(), view.index(offset), characters, complete);
        } else {
            sink.wideText(view.bytes(), view.index(offset), characters, width, complete);
        }
    }
}
