package jltrace.call;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jltrace.perf.RecordBuilder;
import jltrace.plan.ArgumentPlan;
import jltrace.plan.CaptureShape;
import jltrace.plan.EventLayout;

/** What a hit captured, made up. */
public final class Captures {
    private static final int NUMBER = 8;
    private static final int STACK_POINTER = 12;
    private static final int RETURN_ADDRESS = 20;
    private static final int REGISTERS = 28;

    private Captures() {}

    /**
     * An entry.
     *
     * @param slots the argument registers, then the stack
     * @param blocks the memory behind what the plan follows, in its order
     */
    public static Capture entry(ArgumentPlan plan, long[] slots, List<byte[]> blocks) {
        CaptureShape shape = plan.shape();
        int stack = REGISTERS + 6 * 8;
        int memory = stack + 8 * shape.stackSlots();
        EventLayout layout = new EventLayout(
                EventLayout.Kind.ENTRY, NUMBER, STACK_POINTER, RETURN_ADDRESS, REGISTERS, stack, shape, memory);
        return capture(layout, fields -> {
            fields.putInt(0).putLong(0x7fff0000).putLong(0x401000);
            for (int i = 0; i < 6 + shape.stackSlots(); i++) {
                fields.putLong(i < slots.length ? slots[i] : 0);
            }
            putBlocks(fields, shape, blocks);
        });
    }

    /** An end, with the memory that the result points to, if the plan follows it. */
    public static Capture exit(ArgumentPlan plan, long result, List<byte[]> blocks) {
        CaptureShape shape = plan.resultShape();
        EventLayout layout =
                new EventLayout(EventLayout.Kind.RETURN, NUMBER, STACK_POINTER, 0, 20, 0, shape, REGISTERS);
        return capture(layout, fields -> {
            fields.putInt(0).putLong(0x7fff0000).putLong(result);
            putBlocks(fields, shape, blocks);
        });
    }

    private static void putBlocks(ByteBuffer fields, CaptureShape shape, List<byte[]> blocks) {
        for (int i = 0; i < shape.blocks(); i++) {
            byte[] block = new byte[8 * shape.words(i)];
            if (i < blocks.size()) {
                System.arraycopy(blocks.get(i), 0, block, 0, Math.min(block.length, blocks.get(i).length));
            }
            fields.put(block);
        }
    }

    private static Capture capture(EventLayout layout, java.util.function.Consumer<ByteBuffer> fields) {
        byte[] record = new RecordBuilder()
                .sample(1, body -> fields.accept(body.order(ByteOrder.LITTLE_ENDIAN)))
                .bytes();
        return new Capture(layout).moveTo(record, 0, layout);
    }

    /** A C string. */
    public static byte[] text(String text) {
        return (text + "\0").getBytes(StandardCharsets.ISO_8859_1);
    }
}
