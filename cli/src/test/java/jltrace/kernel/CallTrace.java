package jltrace.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A trace as calls, in the order of their entries.
 *
 * @param calls the calls that MAIN's own code and libraries made; not those of the C runtime's start and end
 * @param events lines about signals, exec and ends
 * @param malformed lines that are neither, and resumed lines without a beginning
 */
record CallTrace(List<TracedCall> calls, List<String> events, List<String> malformed) {
    private static final Pattern TASK = Pattern.compile("(\\d+) (.*)");
    private static final Pattern EVENT = Pattern.compile("(---|\\+\\+\\+) .* \\1");
    private static final Pattern RESUMED =
            Pattern.compile("<\\.\\.\\. (\\S+) resumed> (?:\\) = (.*)|<no return(?:: [a-z ]+| \\.\\.\\.)>)");
    private static final Pattern CALL = Pattern.compile(
            "(?:([^\\s(]+)->)?([^\\s(@]+)(?:@[^\\s(]+)?\\((.*?)(?:\\) = (.*)| <(?:(?:unfinished|no return|still running at detach) \\.\\.\\.|no return: [a-z ]+)>)");
    private static final Pattern RUNTIME =
            Pattern.compile("(?:\\d+ )?(?:\\S+->)?(?:<\\.\\.\\. )?(?:__libc_start_main|__cxa_finalize)[ (@].*");

    /** A call that has not returned yet, and where it will stand. */
    private record Open(String name, int index) {}

    /** Whether a line is of a call that _start or the code that runs destructors makes. */
    static boolean isOfRuntime(String line) {
        return RUNTIME.matcher(line).matches();
    }

    static CallTrace of(List<String> lines) {
        List<TracedCall> calls = new ArrayList<>();
        List<String> events = new ArrayList<>();
        List<String> malformed = new ArrayList<>();
        Map<Integer, Deque<Open>> open = new HashMap<>();
        for (String line : lines) {
            if (isOfRuntime(line)) {
                continue;
            }
            Matcher numbered = TASK.matcher(line);
            int task = numbered.matches() ? Integer.parseInt(numbered.group(1)) : 0;
            String text = numbered.matches() ? numbered.group(2) : line;
            Matcher resumed = RESUMED.matcher(text);
            Matcher call = CALL.matcher(text);
            if (EVENT.matcher(text).matches()) {
                events.add(text);
            } else if (resumed.matches()) {
                // The first task's lines have no number until there is a second task.
                if (!resume(calls, open.getOrDefault(task, new ArrayDeque<>()), resumed)
                        && !resume(calls, open.getOrDefault(0, new ArrayDeque<>()), resumed)) {
                    malformed.add(line);
                }
            } else if (call.matches()) {
                String caller = call.group(1) == null ? "" : call.group(1);
                String result = call.group(4) == null ? "" : call.group(4);
                if (text.endsWith(" <unfinished ...>") && result.isEmpty()) {
                    open.computeIfAbsent(task, key -> new ArrayDeque<>()).push(new Open(call.group(2), calls.size()));
                }
                calls.add(new TracedCall(task, caller, call.group(2), call.group(3), result));
            } else {
                malformed.add(line);
            }
        }
        return new CallTrace(calls, events, malformed);
    }

    /** Ends the innermost open call of a name. */
    private static boolean resume(List<TracedCall> calls, Deque<Open> open, Matcher resumed) {
        for (Open candidate : open) {
            if (candidate.name().equals(resumed.group(1))) {
                open.remove(candidate);
                TracedCall call = calls.get(candidate.index());
                String result = resumed.group(2) == null ? "" : resumed.group(2);
                calls.set(
                        candidate.index(),
                        new TracedCall(call.task(), call.caller(), call.name(), call.arguments(), result));
                return true;
            }
        }
        return false;
    }

    List<TracedCall> of(String name) {
        return calls.stream().filter(call -> call.name().equals(name)).toList();
    }

    List<String> names() {
        return calls.stream().map(TracedCall::name).toList();
    }

    List<String> texts() {
        return calls.stream().map(TracedCall::text).toList();
    }

    /** How often each function was called. */
    Map<String, Long> counts() {
        Map<String, Long> counts = new HashMap<>();
        calls.forEach(call -> counts.merge(call.name(), 1L, Long::sum));
        return counts;
    }
}
