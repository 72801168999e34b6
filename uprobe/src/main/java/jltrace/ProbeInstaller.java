package jltrace;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import jltrace.plan.EventType;
import jltrace.plan.ProbePoint;
import jltrace.plan.ProbeTable;
import jltrace.target.ObjectImage;
import jltrace.target.PrivateFolder;
import jltrace.tracefs.EventFormat;
import jltrace.tracefs.ProbeDefinition;
import jltrace.tracefs.ProbeDefinition.EventName;
import jltrace.tracefs.ProbeRegistry;
import jltrace.tracefs.TraceFsException;
import org.jspecify.annotations.Nullable;

/** Turns planned points into registered events. */
final class ProbeInstaller {
    private final ProbeRegistry registry;
    private final ProbeTable table;
    private final BooleanSupplier cancelled;
    private final List<Installed> installed = new ArrayList<>();
    private int events;
    /** Whether points of several types share an event where they can. */
    private boolean sharing = true;

    /** @param cancelled whether no more points are wanted: asked for each */
    ProbeInstaller(ProbeRegistry registry, ProbeTable table, BooleanSupplier cancelled) {
        this.cancelled = cancelled;
        this.registry = registry;
        this.table = table;
    }

    /** How many events there are. */
    int events() {
        return events;
    }

    /** A point, with the type that it was planned with; its event may capture more. */
    record Planned(EventType type, ProbePoint point) {}

    /** An event that the kernel has, with all its points. */
    record Installed(int eventId, EventType type, List<Planned> points) {
        /** Whether it captures more than some of its points need. */
        boolean isShared() {
            return points.stream().anyMatch(planned -> !planned.type().equals(type));
        }
    }

    /** Whether some events are shared by points of several types. */
    boolean hasSharedEvents() {
        return installed.stream().anyMatch(Installed::isShared);
    }

    /** Gives points of several types no event in common any more. */
    void shareNoMore() {
        sharing = false;
    }

    /**
     * Makes events anew: those that points of several types share, one for each type, and those that have points that are superfluous,
     * without those.
     *
     * @param batch takes the points that stay; begun after {@link #shareNoMore}
     * @return the events that are not needed any more once the batch's are open
     */
    List<Installed> renew(Set<ProbePoint> superfluous, Batch batch) throws IOException {
        List<Installed> replaced = new ArrayList<>();
        for (Installed event : installed) {
            if (event.isShared()
                    || event.points().stream().anyMatch(planned -> superfluous.contains(planned.point()))) {
                replaced.add(event);
            }
        }
        for (Installed event : replaced) {
            for (Planned planned : event.points()) {
                if (!superfluous.contains(planned.point())) {
                    batch.add(planned.type(), planned.point());
                }
            }
        }
        installed.removeAll(replaced);
        return replaced;
    }

    /** Takes the points of new events. */
    Batch begin() {
        return new Batch();
    }

    /**
     * Registers points while others are being planned: both take their time. The kernel takes a point in some 20 us, and the longer the
     * more there are.
     *
     * <p>Few points wait until all are known, and share events if that may be: for each event the kernel takes its time in the end.
     */
    final class Batch implements ProbePoint.Sink, AutoCloseable {
        private static final int AT_ONCE = 256;

        /** To make the events of so many points anew takes tens of milliseconds. */
        private static final int MOST_THAT_SHARE = 1024;

        private final PlainPaths paths = new PlainPaths();
        private final Map<EventType, Definition> definitions = new LinkedHashMap<>();
        private final List<Future<?>> written = new ArrayList<>();
        private final List<Planned> waiting = new ArrayList<>();
        private boolean mayShare = sharing;
        private List<ProbeDefinition> pending = new ArrayList<>();
        private @Nullable ExecutorService writer;

        private Batch() {}

        @Override
        public void add(EventType type, ProbePoint point) throws IOException {
            if (cancelled.getAsBoolean()) {
                throw new InterruptedIOException("asked to end while probes were placed");
            }
            Planned planned = new Planned(type, point);
            if (!mayShare) {
                define(planned, type);
                return;
            }
            waiting.add(planned);
            if (waiting.size() > MOST_THAT_SHARE) {
                mayShare = false;
                for (Planned early : waiting) {
                    define(early, early.type());
                }
                waiting.clear();
            }
        }

        /** Defines the points that have waited for others. */
        private void defineShared() throws IOException {
            Set<EventType> types = new LinkedHashSet<>();
            for (Planned planned : waiting) {
                types.add(planned.type());
            }
            for (Planned planned : waiting) {
                EventType widest = planned.type();
                for (EventType other : types) {
                    if (other.takesIn(widest)) {
                        widest = other;
                    }
                }
                define(planned, widest);
            }
            waiting.clear();
        }

        private void define(Planned planned, EventType type) throws IOException {
            ProbePoint point = planned.point();
            Definition event = definitions.get(type);
            if (event == null) {
                event = new Definition(registry.name("e" + events++), new ArrayList<>());
                definitions.put(type, event);
            }
            event.points().add(planned);
            pending.add(new ProbeDefinition(
                    event.name(),
                    type.probeKind(),
                    paths.of(point.object()),
                    point.fileOffset(),
                    planned.type().fetchArguments(point, type)));
            if (pending.size() == AT_ONCE) {
                List<ProbeDefinition> full = pending;
                pending = new ArrayList<>();
                written.add(writer().submit(() -> {
                    registry.register(full);
                    return null;
                }));
            }
        }

        private ExecutorService writer() {
            ExecutorService result = writer;
            if (result == null) {
                result = Executors.newSingleThreadExecutor(task -> {
                    Thread thread = new Thread(task, "jltrace-registrar");
                    thread.setDaemon(true);
                    return thread;
                });
                writer = result;
            }
            return result;
        }

        /**
         * Registers what is left.
         *
         * @return the events, in the order in which they are to be opened on threads
         * @throws IOException also if a file was replaced meanwhile: the kernel looks up the path with each point, and a probe that was
         *     planned for another file's code would destroy an instruction. The events must not be opened then
         */
        List<Installed> finish() throws IOException {
            defineShared();
            for (Future<?> part : written) {
                await(part);
            }
            registry.register(pending);
            paths.requireUnchanged();
            List<Installed> made = new ArrayList<>();
            // Of the probes at one address, the kernel runs the one first that was opened last.
            describe(made, true);
            describe(made, false);
            installed.addAll(made);
            return made;
        }

        private void describe(List<Installed> made, boolean behindEntries) throws TraceFsException {
            for (Map.Entry<EventType, Definition> event : definitions.entrySet()) {
                if ((event.getKey().stop() == EventType.Stop.BEHIND_ENTRY) == behindEntries) {
                    EventFormat format = registry.format(event.getValue().name());
                    table.addEvent(format.id(), event.getKey().records(format));
                    made.add(new Installed(
                            format.id(), event.getKey(), event.getValue().points()));
                }
            }
        }

        private static void await(Future<?> part) throws IOException {
            try {
                part.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while probes were registered");
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
            }
        }

        /** Waits until nothing is being registered any more. */
        @Override
        public void close() throws IOException {
            ExecutorService begun = writer;
            if (begun != null) {
                begun.shutdown();
                try {
                    while (!begun.awaitTermination(1, TimeUnit.MINUTES)) {
                        // The kernel takes its time; it does not fail to answer.
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted while probes were registered");
                }
            }
            paths.close();
        }
    }

    /** An event that is being defined. */
    private record Definition(EventName name, List<Planned> points) {}

    /** Paths that {@code uprobe_events} can take; for a file with another one, a link, for as long as it is registered. */
    private static final class PlainPaths implements AutoCloseable {
        private final Map<Path, String> plain = new HashMap<>();
        private final List<ObjectImage> objects = new ArrayList<>();
        private final List<Path> made = new ArrayList<>();

        String of(ObjectImage object) throws IOException {
            String known = plain.get(object.path());
            if (known == null) {
                String path = object.path().toString();
                known = ProbeDefinition.isPlainPath(path) ? path : link(object.path());
                plain.put(object.path(), known);
                objects.add(object);
            }
            return known;
        }

        void requireUnchanged() throws IOException {
            for (ObjectImage object : objects) {
                if (!object.elf().isAt(object.path())) {
                    throw new IOException(object.path() + ": another file took its place while it was being probed");
                }
            }
        }

        private String link(Path target) throws IOException {
            if (made.isEmpty()) {
                made.add(PrivateFolder.create());
            }
            Path link = made.get(0).resolve("object" + made.size());
            Files.createSymbolicLink(link, target);
            made.add(link);
            return link.toString();
        }

        @Override
        public void close() throws IOException {
            for (int i = made.size() - 1; i >= 0; i--) {
                Files.delete(made.get(i));
            }
        }
    }
}
