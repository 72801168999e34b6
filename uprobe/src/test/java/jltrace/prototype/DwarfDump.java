package jltrace.prototype;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The debugging information entries that llvm-dwarfdump prints. */
final class DwarfDump {

    private static final Pattern ENTRY = Pattern.compile("0x([0-9a-f]+):( +)(DW_TAG_\\w+|NULL)");
    private static final Pattern ATTRIBUTE = Pattern.compile(" +(DW_AT_\\w+)\\s+\\((.*)\\)");
    private static final Pattern REFERENCE = Pattern.compile("0x([0-9a-f]+)(?: \"(.*)\")?");

    /** An entry: its tag, its attributes' printed values and the entries that it owns. */
    record Entry(String tag, Map<String, String> attributes, List<Entry> children) {

        Optional<String> name() {
            return Optional.ofNullable(attributes.get("DW_AT_name")).map(text -> text.substring(1, text.length() - 1));
        }

        /** What llvm-dwarfdump calls the type that this entry refers to; empty for none. */
        String typeText() {
            Matcher reference = REFERENCE.matcher(attributes.getOrDefault("DW_AT_type", ""));
            return reference.matches() && reference.group(2) != null ? reference.group(2) : "";
        }

        List<Entry> children(String tag) {
            return children.stream().filter(child -> child.tag.equals(tag)).toList();
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private final Map<Long, Entry> byOffset = new HashMap<>();

    private DwarfDump(String text) {
        Deque<Entry> parents = new ArrayDeque<>();
        Deque<Integer> depths = new ArrayDeque<>();
        Map<String, String> attributes = new HashMap<>();
        for (String line : text.lines().toList()) {
            Matcher entry = ENTRY.matcher(line);
            Matcher attribute = ATTRIBUTE.matcher(line);
            if (entry.matches()) {
                attributes = new LinkedHashMap<>();
                int depth = entry.group(2).length();
                while (!depths.isEmpty() && depths.getLast() >= depth) {
                    depths.removeLast();
                    parents.removeLast();
                }
                Entry added = new Entry(entry.group(3), attributes, new ArrayList<>());
                entries.add(added);
                byOffset.put(Long.parseLong(entry.group(1), 16), added);
                if (!parents.isEmpty()) {
                    parents.getLast().children().add(added);
                }
                parents.addLast(added);
                depths.addLast(depth);
            } else if (attribute.matches()) {
                attributes.put(attribute.group(1), attribute.group(2));
            }
        }
    }

    /** The entries that llvm-dwarfdump prints with these arguments. */
    static DwarfDump of(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("llvm-dwarfdump"));
        command.addAll(arguments);
        return new DwarfDump(run(command));
    }

    /** What a program prints on standard output. */
    static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s", command).isZero();
        return output;
    }

    List<Entry> entries() {
        return entries;
    }

    /** The entry that one refers to as its abstract origin or the declaration that it completes; itself if there is none. */
    Entry origin(Entry entry) {
        String reference = entry.attributes()
                .getOrDefault("DW_AT_abstract_origin", entry.attributes().getOrDefault("DW_AT_specification", ""));
        Matcher matcher = REFERENCE.matcher(reference);
        return matcher.matches()
                ? origin(Objects.requireNonNull(byOffset.get(Long.parseLong(matcher.group(1), 16))))
                : entry;
    }

    /** The type that an entry refers to, without typedefs and qualifiers; empty for {@code void}. */
    Optional<Entry> type(Entry entry) {
        Matcher reference = REFERENCE.matcher(entry.attributes().getOrDefault("DW_AT_type", ""));
        if (!reference.matches()) {
            return Optional.empty();
        }
        Entry type = Objects.requireNonNull(byOffset.get(Long.parseLong(reference.group(1), 16)));
        return switch (type.tag()) {
            case "DW_TAG_typedef",
                    "DW_TAG_const_type",
                    "DW_TAG_volatile_type",
                    "DW_TAG_restrict_type",
                    "DW_TAG_atomic_type" -> type(type);
            default -> Optional.of(type);
        };
    }
}
