package jltrace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jltrace.plan.MergedEvent;
import jltrace.plan.ProbePlan;
import jltrace.plan.ProbeTable;
import jltrace.target.ObjectImage;
import jltrace.target.PrivateFolder;
import jltrace.tracefs.ProbeDefinition;
import jltrace.tracefs.ProbeDefinition.EventName;
import jltrace.tracefs.ProbeRegistry;
import jltrace.tracefs.TraceFsException;

/** Turns plans into registered events. */
final class ProbeInstaller {
    private final ProbeRegistry registry;
    private final ProbeTable table;
    private int events;

    ProbeInstaller(ProbeRegistry registry, ProbeTable table) {
        this.registry = registry;
        this.table = table;
    }

    /**
     * Registers a plan's events.
     *
     * @return their ids, to be opened on threads
     */
    List<Integer> install(ProbePlan plan) throws IOException {
        try (PlainPaths paths = new PlainPaths()) {
            List<ProbeDefinition> definitions = new ArrayList<>();
            List<EventName> names = new ArrayList<>();
            List<MergedEvent> merged = MergedEvent.of(plan.events());
            for (MergedEvent event : merged) {
                EventName name = registry.name("e" + events++);
                names.add(name);
                for (ProbePlan.Point point : event.points()) {
                    definitions.add(new ProbeDefinition(
                            name,
                            event.probeKind(),
                            paths.of(point.object()),
                            point.fileOffset(),
                            point.fetchArguments()));
                }
            }
            registry.register(definitions);
            List<Integer> ids = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                ids.add(describe(names.get(i), merged.get(i)));
            }
            return ids;
        }
    }

    private int describe(EventName name, MergedEvent event) throws TraceFsException {
        var format = registry.format(name);
        table.addEvent(format.id(), event.records(format));
        return format.id();
    }

    /** Paths that {@code uprobe_events} can take; for a file with another one, a link, for as long as it is registered. */
    private static final class PlainPaths implements AutoCloseable {
        private final Map<Path, String> plain = new HashMap<>();
        private final List<Path> made = new ArrayList<>();

        String of(ObjectImage object) throws IOException {
            String known = plain.get(object.path());
            if (known == null) {
                String path = object.path().toString();
                known = ProbeDefinition.isPlainPath(path) ? path : link(object.path());
                plain.put(object.path(), known);
            }
            return known;
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
