package jltrace.tracefs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import jltrace.tracefs.ProbeDefinition.EventName;

/** Probe events that jltrace processes left behind when they were killed. */
public final class Leftovers {
    /**
     * What a sweep did.
     *
     * @param removedGroups of owners that are gone
     * @param doubtfulGroups left alone, because whether the owner lives can't be told from here
     */
    public record Swept(List<String> removedGroups, List<String> doubtfulGroups) {}

    private final TraceFs traceFs;
    private final Function<Owner, Owner.Life> life;

    public Leftovers(TraceFs traceFs) {
        this(traceFs, Owner::life);
    }

    Leftovers(TraceFs traceFs, Function<Owner, Owner.Life> life) {
        this.traceFs = traceFs;
        this.life = life;
    }

    /**
     * Removes the groups whose owner is certainly gone. When a process ends the kernel closes its descriptors before it
     * gives up the pid, so nothing of such a group can be open.
     */
    public Swept sweep() throws TraceFsException {
        Map<String, Set<EventName>> groups = groups(traceFs.probes());
        List<String> removed = new ArrayList<>();
        List<String> doubtful = new ArrayList<>();
        for (Map.Entry<String, Set<EventName>> group : groups.entrySet()) {
            Optional<Owner> owner = Owner.ofGroup(group.getKey());
            if (owner.isEmpty()) {
                continue;
            }
            switch (life.apply(owner.get())) {
                case GONE -> {
                    ProbeRegistry.removeEvents(traceFs, new ArrayList<>(group.getValue()));
                    removed.add(group.getKey());
                }
                case UNKNOWN -> doubtful.add(group.getKey());
                case ALIVE -> {}
            }
        }
        return new Swept(removed, doubtful);
    }

    /** Jltrace's groups in the text of {@code uprobe_events}: {@code p:GROUP/EVENT PATH:OFFSET ...}, a line each. */
    private static Map<String, Set<EventName>> groups(String probes) {
        Map<String, Set<EventName>> groups = new LinkedHashMap<>();
        for (String line : probes.split("\n", -1)) {
            int slash = line.indexOf('/');
            if (line.length() < 2 || line.charAt(1) != ':' || slash < 0) {
                continue;
            }
            String group = line.substring(2, slash);
            if (Owner.ofGroup(group).isEmpty()) {
                continue;
            }
            int blank = line.indexOf(' ', slash);
            String event = blank < 0 ? line.substring(slash + 1) : line.substring(slash + 1, blank);
            groups.computeIfAbsent(group, key -> new LinkedHashSet<>()).add(new EventName(group, event));
        }
        return groups;
    }
}
