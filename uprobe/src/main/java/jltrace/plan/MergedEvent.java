package jltrace.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import jltrace.tracefs.EventFormat;
import jltrace.tracefs.ProbeDefinition;
import jltrace.tracefs.TraceFsException;
import org.jspecify.annotations.Nullable;

/**
 * Several events of a plan as one event of the kernel. The kernel closes events one after the other, and waits for two grace periods
 * of RCU Tasks Trace for each, some 50 ms; how many events there are therefore decides how long the end of a trace takes. The points
 * capture what any of the events captures, and a number that tells which event a record is of.
 */
public final class MergedEvent {
    /** The field that tells the events apart. */
    private static final String VARIANT = "variant";

    /** Bytes that may be added to any record: those of a string, and a little; they take some 30 ns of 1,400. */
    private static final int ONE_STRING = 48;

    /** Bytes that may be added to a record that costs two traps or is rare, and to which a few more make no difference. */
    private static final int MOST_ADDED = 256;

    /** Fields that may be added to all points together: the kernel takes some 4 us to read one, and this many take as long as to close an event. */
    private static final int MOST_FIELDS_ADDED = 12_000;

    private final ProbeDefinition.Kind probeKind;
    private final List<ProbePlan.Event> variants = new ArrayList<>();
    private final List<CapturedFields> ownFields = new ArrayList<>();
    private CapturedFields fields;

    private MergedEvent(ProbePlan.Event event, CapturedFields own) {
        probeKind = event.probeKind();
        fields = own;
        add(event, own);
    }

    private void add(ProbePlan.Event event, CapturedFields own) {
        variants.add(event);
        ownFields.add(own);
        fields = fields.with(own);
    }

    /**
     * Merges events as far as that costs their records little: the larger ones first, so that the smaller ones can choose.
     *
     * @return in the order in which they are to be opened: entries last
     */
    public static List<MergedEvent> of(List<ProbePlan.Event> events) {
        List<ProbePlan.Event> bySize = new ArrayList<>(events);
        bySize.sort(Comparator.comparingInt(event -> -fieldsOf(event).size()));
        List<MergedEvent> merged = new ArrayList<>();
        for (ProbePlan.Event event : bySize) {
            CapturedFields own = fieldsOf(event);
            @Nullable MergedEvent best = null;
            for (MergedEvent candidate : merged) {
                if (candidate.takes(event, own) && (best == null || candidate.fields.size() < best.fields.size())) {
                    best = candidate;
                }
            }
            if (best == null) {
                merged.add(new MergedEvent(event, own));
            } else {
                best.add(event, own);
            }
        }
        merged.sort(Comparator.comparing(event -> event.variants.get(0).kind() == EventLayout.Kind.ENTRY));
        return merged;
    }

    private static CapturedFields fieldsOf(ProbePlan.Event event) {
        return CapturedFields.of(event.points().get(0).fetchArguments());
    }

    private boolean takes(ProbePlan.Event event, CapturedFields own) {
        // Entries are opened last, so that those that lie where a function leaves at once are hit first.
        boolean entries = event.kind() == EventLayout.Kind.ENTRY;
        if (event.probeKind() != probeKind
                || entries != (variants.get(0).kind() == EventLayout.Kind.ENTRY)
                || !fields.fits(own)) {
            return false;
        }
        CapturedFields both = fields.with(own);
        int size = both.size();
        if (size > own.size() + mostAdded(event, own)) {
            return false;
        }
        long fieldsAdded = fieldsAdded(both, event, own);
        for (int i = 0; i < variants.size(); i++) {
            fieldsAdded += fieldsAdded(both, variants.get(i), ownFields.get(i));
            if (size > ownFields.get(i).size() + mostAdded(variants.get(i), ownFields.get(i))) {
                return false;
            }
        }
        return fieldsAdded <= MOST_FIELDS_ADDED;
    }

    private static long fieldsAdded(CapturedFields all, ProbePlan.Event event, CapturedFields own) {
        // One tells the events apart.
        return (1L + all.count() - own.count()) * event.points().size();
    }

    private static int mostAdded(ProbePlan.Event event, CapturedFields own) {
        return switch (event.kind()) {
            case ENTRY, RETURN -> Math.max(own.size(), ONE_STRING);
            case EXIT, LEAVE, TAIL_CALL, SIGNAL, STATUS -> MOST_ADDED;
        };
    }

    /** Whether the kernel stops the thread at the instruction or at the function's return. */
    public ProbeDefinition.Kind probeKind() {
        return probeKind;
    }

    /** All points, with fetch arguments of the same names and types. */
    public List<ProbePlan.Point> points() {
        if (variants.size() == 1) {
            return variants.get(0).points();
        }
        List<ProbePlan.Point> points = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int variant = 0; variant < variants.size(); variant++) {
            for (ProbePlan.Point point : variants.get(variant).points()) {
                text.setLength(0);
                text.append(VARIANT).append("=\\").append(variant).append(":u8");
                fields.append(text, point.fetchArguments());
                points.add(new ProbePlan.Point(point.object(), point.site(), point.fileOffset(), text.toString()));
            }
        }
        return points;
    }

    /** What the event's records mean, given what the kernel says of its fields. */
    public EventRecords records(EventFormat format) throws TraceFsException {
        EventLayout[] layouts = new EventLayout[variants.size()];
        for (int i = 0; i < layouts.length; i++) {
            layouts[i] = EventLayout.of(variants.get(i).kind(), variants.get(i).shape(), format);
        }
        return new EventRecords(layouts.length == 1 ? 0 : format.offsetOf(VARIANT), layouts);
    }
}
