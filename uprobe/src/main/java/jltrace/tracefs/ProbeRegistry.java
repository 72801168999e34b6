package jltrace.tracefs;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jltrace.tracefs.ProbeDefinition.EventName;

/**
 * The probe events of one tracing session: creates them, and removes them when nothing can hold them any more.
 *
 * <p>Removing an event of several points while a perf descriptor has it open crashes the kernel: it answers EBUSY, but has
 * freed a point that is still armed. Therefore whoever opens descriptors takes a {@link Hold} first and gives it back only
 * when they are closed, and {@link #remove} refuses while one is out. Definitions that stay behind are harmless; they are
 * swept when this process is gone ({@link Leftovers}).
 */
public final class ProbeRegistry {
    private static final int MOST_ATTEMPTS = 5;
    /** Lines go to the kernel in writes of about this size; it reads 4 KiB at a time, whole lines each. */
    private static final int WRITE_SIZE = 64 * 1024;

    private final TraceFs traceFs;
    private final String group;
    private final Set<EventName> events = new LinkedHashSet<>();
    private int holds;
    private boolean removed;

    /** @param group a group that is this session's alone, from {@link Owner#group} */
    public ProbeRegistry(TraceFs traceFs, String group) {
        this.traceFs = traceFs;
        this.group = group;
    }

    /** The name of an event in this session's group. */
    public EventName name(String event) {
        return new EventName(group, event);
    }

    /** Says that events of this registry are open somewhere. */
    public final class Hold implements AutoCloseable {
        private boolean open = true;

        private Hold() {}

        /** Says that no descriptor of an event of this registry is left of those that this hold was taken for. */
        @Override
        public void close() {
            synchronized (ProbeRegistry.this) {
                if (open) {
                    open = false;
                    holds--;
                }
            }
        }
    }

    /** To be taken before the first descriptor is opened. */
    public synchronized Hold hold() {
        if (removed) {
            throw new IllegalStateException("the events of " + group + " are removed");
        }
        holds++;
        return new Hold();
    }

    /**
     * Creates probe points. No event may be open that a point is added to: such a point does not fire.
     *
     * @throws IllegalStateException if {@link #remove} was called
     * @throws TraceFsException with the kernel's reason if one is refused; others of the call may exist then, and {@link
     *     #remove} removes them
     */
    public synchronized void register(List<ProbeDefinition> definitions) throws TraceFsException {
        for (ProbeDefinition definition : definitions) {
            if (removed) {
                throw new IllegalStateException("the events of " + group + " are removed");
            }
            if (!definition.event().group().equals(group)) {
                throw new IllegalArgumentException(definition.event() + " is not of group " + group);
            }
        }
        try (SeekableByteChannel channel = traceFs.appendProbes()) {
            StringBuilder lines = new StringBuilder();
            for (ProbeDefinition definition : definitions) {
                events.add(definition.event());
                definition.appendTo(lines);
                if (lines.length() >= WRITE_SIZE) {
                    TraceFs.write(channel, lines.toString());
                    lines.setLength(0);
                }
            }
            TraceFs.write(channel, lines.toString());
        } catch (TraceFsException e) {
            throw e;
        } catch (IOException e) {
            throw new TraceFsException(
                    "the kernel refused a probe: " + e.getMessage() + "; it says: " + traceFs.lastError(), e);
        }
    }

    /** How records of one of this registry's events are laid out. */
    public EventFormat format(EventName event) throws TraceFsException {
        return traceFs.format(event.group(), event.event());
    }

    /**
     * How often the points of this registry that stop a thread at an instruction were hit, as {@code uprobe_profile} tells
     * ({@code probes_profile_seq_show} in kernel/trace/trace_uprobe.c). Exact since Linux 6.12, where each CPU counts for itself.
     *
     * @return empty if other tools' definitions come and go all the time, so that lines can't be told apart
     */
    public synchronized Optional<List<PointHits>> hits() throws TraceFsException {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            String definitions = traceFs.probes();
            String profile = traceFs.profile();
            if (definitions.equals(traceFs.probes())) {
                return PointHits.parse(group, definitions, profile);
            }
        }
        return Optional.empty();
    }

    /**
     * Removes all events of this registry.
     *
     * @throws IllegalStateException if a hold is out; nothing is removed then
     * @throws TraceFsException if the kernel keeps one
     */
    public synchronized void remove() throws TraceFsException {
        if (holds > 0) {
            throw new IllegalStateException(
                    holds + " holders may have events of " + group + " open; removing them would crash the kernel");
        }
        removed = true;
        removeEvents(traceFs, new ArrayList<>(events));
        events.clear();
    }

    /** Removes events that certainly nobody has open. */
    static void removeEvents(TraceFs traceFs, List<EventName> events) throws TraceFsException {
        if (events.isEmpty()) {
            return;
        }
        List<String> failures = new ArrayList<>();
        try (SeekableByteChannel channel = traceFs.appendProbes()) {
            for (EventName event : events) {
                try {
                    TraceFs.write(channel, "-:" + event + "\n");
                } catch (IOException e) {
                    // Another jltrace that sweeps at the same time, or the owner's own last act, may have been first.
                    if (traceFs.hasEvent(event.group(), event.event())) {
                        failures.add(event + ": " + e.getMessage());
                    }
                }
            }
        } catch (TraceFsException e) {
            throw e;
        } catch (IOException e) {
            failures.add(e.getMessage());
        }
        if (!failures.isEmpty()) {
            throw new TraceFsException("cannot remove probe events: " + String.join("; ", failures));
        }
    }
}
