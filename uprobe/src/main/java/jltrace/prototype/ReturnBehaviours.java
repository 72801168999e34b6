package jltrace.prototype;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is known of how functions return, from the bundled returns.conf, whose head describes its format.
 *
 * <p>Immutable.
 */
public final class ReturnBehaviours {

    private static final ReturnBehaviour[] ALL = ReturnBehaviour.values();

    /** The facts of each library's functions, a bit for each at its place in {@link #ALL}. */
    private final Map<String, Map<String, Integer>> libraries = new HashMap<>();

    private final Set<String> complete = new HashSet<>();

    /**
     * @param text in the format of returns.conf
     * @throws IllegalArgumentException if a line is wrong; the message has its number
     */
    ReturnBehaviours(String text) {
        List<String> sonames = List.of();
        Map<String, Integer> functions = new HashMap<>();
        int number = 0;
        int start = 0;
        while (start < text.length()) {
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            String line = text.substring(start, end);
            start = end + 1;
            number++;
            if (line.startsWith("[") && line.endsWith("]")) {
                sonames = words(line.substring(1, line.length() - 1));
                functions = new HashMap<>();
                for (String soname : sonames) {
                    libraries.put(soname, functions);
                }
            } else if (line.equals("complete")) {
                complete.addAll(sonames);
            } else if (!line.isBlank() && !line.startsWith(";")) {
                addFacts(functions, line, number);
            }
        }
    }

    /** The facts that come with jltrace. */
    public static ReturnBehaviours bundled() {
        return new ReturnBehaviours(BundledTexts.text("returns.conf"));
    }

    /**
     * What is known of a function.
     *
     * @param soname the library that defines it
     * @param function the symbol's name, without a version
     * @return empty if nothing is known that is out of the ordinary
     */
    public Set<ReturnBehaviour> of(String soname, String function) {
        Map<String, Integer> functions = libraries.get(soname);
        int bits = functions == null ? 0 : functions.getOrDefault(function, 0);
        if (bits == 0) {
            return Set.of();
        }
        Set<ReturnBehaviour> facts = EnumSet.noneOf(ReturnBehaviour.class);
        for (int i = 0; i < ALL.length; i++) {
            if ((bits & 1 << i) != 0) {
                facts.add(ALL[i]);
            }
        }
        return facts;
    }

    /**
     * Whether all of a library's functions that have a bundled prototype were looked at, so that one of which nothing is known here is
     * ordinary: it returns once, to its caller, and nothing but its own code runs before.
     */
    public boolean isComplete(String soname) {
        return complete.contains(soname);
    }

    /** The functions of a library that have a fact. */
    Set<String> functions(String soname) {
        Map<String, Integer> functions = libraries.get(soname);
        return functions == null ? Set.of() : functions.keySet();
    }

    /** The libraries that the facts are about. */
    Set<String> sonames() {
        return libraries.keySet();
    }

    private static void addFacts(Map<String, Integer> functions, String line, int number) {
        int space = line.indexOf(' ');
        int bit = bit(space < 0 ? line : line.substring(0, space), number);
        List<String> words = words(line);
        for (String name : words.subList(1, words.size())) {
            Integer others = functions.put(name, bit);
            if (others != null) {
                functions.put(name, others | bit);
            }
        }
    }

    private static int bit(String word, int number) {
        for (int i = 0; i < ALL.length; i++) {
            if (ALL[i].word().equals(word)) {
                return 1 << i;
            }
        }
        throw new IllegalArgumentException("line " + number + ": no fact is called '" + word + "'");
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int space = text.indexOf(' ', start);
            int end = space < 0 ? text.length() : space;
            if (end > start) {
                words.add(text.substring(start, end));
            }
            start = end + 1;
        }
        return words;
    }
}
