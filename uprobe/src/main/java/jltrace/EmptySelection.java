package jltrace;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import jltrace.elf.FunctionTable;
import jltrace.elf.Import;
import jltrace.elf.SymbolTable;
import jltrace.plan.LibraryPattern;
import jltrace.plan.TraceSelection;
import jltrace.target.Damages;
import jltrace.target.ObjectImage;
import jltrace.target.ProcessImage;

/** Why nothing was found to trace, and what is near to what was asked for. */
final class EmptySelection {
    private static final int MOST_NAMES = 6;
    private static final int FARTHEST = 3;

    private final TraceSelection selection;
    private final Collection<ProcessImage> images;
    private final Damages damages;

    EmptySelection(TraceSelection selection, Collection<ProcessImage> images, Damages damages) {
        this.selection = selection;
        this.damages = damages;
        this.images = images;
    }

    /** Whether the programs themselves can open more libraries while they run. */
    boolean mayFill() {
        for (ProcessImage image : images) {
            for (ObjectImage object : image.objects()) {
                for (Import one : damages.read(
                        object.file(),
                        Damages.IMPORTS,
                        () -> object.elf().imports().list(),
                        List.<Import>of())) {
                    if (object.file().program() && one.name().equals("dlopen")) {
                        return !selection.libraries().isEmpty()
                                || selection.symbols().isPresent();
                    }
                }
            }
        }
        return false;
    }

    String reason() {
        for (LibraryPattern pattern : selection.libraries()) {
            if (!isLoaded(pattern)) {
                return "no library matches '" + pattern + "'; loaded are: " + String.join(", ", libraries());
            }
        }
        String wanted = selection.symbols().isPresent()
                ? selection.symbols().get().toString()
                : selection.calls().map(Object::toString).orElse("");
        if (!wanted.isEmpty()) {
            String near = nearest(wanted);
            return "no function matches '" + wanted + "'" + (near.isEmpty() ? "" : "; did you mean " + near + "?");
        }
        if (libraries().isEmpty()) {
            return "the program is statically linked, so it calls no library; -x 'NAME' traces its own functions";
        }
        return "nothing calls into " + String.join(", ", libraries())
                + "; -x 'NAME' traces functions whoever calls them";
    }

    private boolean isLoaded(LibraryPattern pattern) {
        for (ProcessImage image : images) {
            for (ObjectImage object : image.objects()) {
                if (!object.file().program() && pattern.matches(object.file())) {
                    return true;
                }
            }
        }
        return false;
    }

    private Set<String> libraries() {
        Set<String> names = new LinkedHashSet<>();
        for (ProcessImage image : images) {
            for (ObjectImage object : image.objects()) {
                if (!object.file().program()) {
                    names.add(object.file().name());
                }
            }
        }
        return names;
    }

    /** The names that an expression may have meant: of imports, or of the functions that are there. */
    private Set<String> candidates() {
        return selection.symbols().isPresent() ? functions() : imports();
    }

    private Set<String> functions() {
        Set<String> names = new LinkedHashSet<>();
        for (ProcessImage image : images) {
            for (ObjectImage object : image.objects()) {
                damages.read(
                        object.file(),
                        Damages.LOCAL_SYMBOLS,
                        () -> addNames(object.elf().symbols(), names),
                        false);
                damages.read(
                        object.file(),
                        Damages.SYMBOLS,
                        () -> addNames(object.elf().dynamicSymbols(), names),
                        false);
            }
        }
        return names;
    }

    private static boolean addNames(SymbolTable symbols, Set<String> names) {
        for (FunctionTable.Function function : symbols.functions()) {
            function.names().forEach(symbol -> names.add(symbol.name()));
        }
        return !names.isEmpty();
    }

    private Set<String> imports() {
        Set<String> names = new LinkedHashSet<>();
        for (ProcessImage image : images) {
            for (ObjectImage object : image.objects()) {
                for (Import one : damages.read(
                        object.file(),
                        Damages.IMPORTS,
                        () -> object.elf().imports().list(),
                        List.<Import>of())) {
                    names.add(one.name());
                }
            }
        }
        return names;
    }

    /** Names that differ by a few letters, the nearest first. */
    private String nearest(String expression) {
        String name =
                expression.replaceAll("@.*", "").replaceAll("[^A-Za-z0-9_]", "").toLowerCase(Locale.ROOT);
        TreeMap<Integer, Set<String>> byDistance = new TreeMap<>();
        for (String candidate : candidates()) {
            int distance = distance(name, candidate.toLowerCase(Locale.ROOT));
            if (distance <= FARTHEST && distance < name.length()) {
                byDistance
                        .computeIfAbsent(distance, key -> new LinkedHashSet<>())
                        .add(candidate);
            }
        }
        Set<String> nearest = new LinkedHashSet<>();
        byDistance.values().forEach(nearest::addAll);
        return String.join(", ", nearest.stream().limit(MOST_NAMES).toList());
    }

    /** How many letters must be put in, taken out or changed to make one word the other (Levenshtein). */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
