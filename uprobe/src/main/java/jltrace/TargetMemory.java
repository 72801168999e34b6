package jltrace;

import java.util.Optional;
import jltrace.call.TracedProcess;
import jltrace.sys.ProcFs;
import jltrace.target.AddressSpace;
import jltrace.target.ObjectImage;
import jltrace.target.ObjectTable;
import jltrace.value.MemoryProbe;

/**
 * Says whether there was memory at an address when a call was seen. What the program and its libraries brought with them stays, and so
 * does the stack above the stack pointer; of the rest the process is asked, if it is still there.
 */
public final class TargetMemory implements MemoryProbe {
    private static final long PAGE_SIZE = 4096;
    /** The first thread's stack is larger only where its limit was raised. */
    private static final long LARGEST_STACK = 8L << 20;

    private final ObjectTable objects;

    /** @param objects the files of the traced processes */
    public TargetMemory(ObjectTable objects) {
        this.objects = objects;
    }

    @Override
    public Presence at(TracedProcess process, long virtualAddress, long stackPointer) {
        if (isOnStack(process.addressSpace(), virtualAddress, stackPointer)
                || isOfNeededObject(process.addressSpace(), virtualAddress)) {
            return Presence.MAPPED;
        }
        if (!isReadable(process.pid(), stackPointer)) {
            return Presence.UNKNOWN;
        }
        return isReadable(process.pid(), virtualAddress) ? Presence.MAPPED : Presence.UNMAPPED;
    }

    private static boolean isOnStack(AddressSpace space, long virtualAddress, long stackPointer) {
        if (virtualAddress / PAGE_SIZE == stackPointer / PAGE_SIZE) {
            return true;
        }
        long end = space.stackEnd();
        boolean ofFirstThread = stackPointer < end && end - stackPointer <= LARGEST_STACK;
        return ofFirstThread && virtualAddress >= stackPointer && virtualAddress < end;
    }

    private boolean isOfNeededObject(AddressSpace space, long virtualAddress) {
        for (int i = 0; i < space.mappings(); i++) {
            int object = space.objectOf(i);
            Optional<ObjectImage> image = object == ObjectTable.NO_OBJECT ? Optional.empty() : objects.image(object);
            if (image.isPresent()
                    && image.get().needed()
                    && image.get().elf().isReadable(virtualAddress, space.startOf(i), space.fileOffsetOf(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isReadable(int pid, long virtualAddress) {
        return ProcFs.readMemory(pid, virtualAddress, new byte[1], 1) == 1;
    }
}
