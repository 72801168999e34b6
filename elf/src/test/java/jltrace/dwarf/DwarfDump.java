package jltrace.dwarf;

import java.nio.file.Path;
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
import org.jspecify.annotations.Nullable;

/** The debugging information entries that llvm-dwarfdump prints of a file. */
final class DwarfDump {
    private static final Pattern ENTRY = Pattern.compile("0x([0-9a-f]+):( +)(DW_TAG_\\w+|NULL)");
    private static final Matcher NO_ENTRY = ENTRY.matcher("");
    private static final Pattern REFERENCE = Pattern.compile("0x([0-9a-f]+)(?: \".*\")?");

    private final List<Entry> entries = new ArrayList<>();
    private final Map<Long, Entry> byOffset = new HashMap<>();

    /** An entry: its tag, its attributes' printed values, the entry that owns it and those that it owns. */
    static final class Entry {
        final String tag;
        final @Nullable Entry parent;
        final Map<String, String> attributes = new LinkedHashMap<>();
        final List<Entry> children = new ArrayList<>();

        Entry(String tag, @Nullable Entry parent) {
            this.tag = tag;
            this.parent = parent;
        }

        Optional<String> name() {
            return string("DW_AT_name");
        }

        Optional<String> string(String attribute) {
            return Optional.ofNullable(attributes.get(attribute))
                    .map(text -> text.substring(1, text.length() - 1).replace("\\\"", "\""));
        }

        long number(String attribute, long otherwise) {
            String text = attributes.get(attribute);
            return text == null
                    ? otherwise
                    : text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
        }

        boolean has(String attribute) {
            return attributes.containsKey(attribute);
        }

        List<Entry> children(String wanted) {
            return children.stream().filter(child -> child.tag.equals(wanted)).toList();
        }

        /** The unit's entry. */
        Entry unit() {
            return parent == null ? this : parent.unit();
        }
    }

    private DwarfDump(String text) {
        Deque<Entry> parents = new ArrayDeque<>();
        Deque<Integer> depths = new ArrayDeque<>();
        Entry current = new Entry("", null);
        String last = "";
        for (String line : text.lines().toList()) {
            int attribute = line.startsWith("0x") ? -1 : line.indexOf("DW_AT_");
            Matcher entry = line.startsWith("0x") ? ENTRY.matcher(line) : NO_ENTRY;
            if (entry.matches()) {
                int depth = entry.group(2).length();
                while (!depths.isEmpty() && depths.getLast() >= depth) {
                    depths.removeLast();
                    parents.removeLast();
                }
                current = new Entry(entry.group(3), parents.peekLast());
                entries.add(current);
                byOffset.put(Long.parseLong(entry.group(1), 16), current);
                if (!parents.isEmpty()) {
                    parents.getLast().children.add(current);
                }
                parents.addLast(current);
                depths.addLast(depth);
                last = "";
            } else if (attribute >= 0 && line.indexOf("\t(") > attribute) {
                int value = line.indexOf("\t(");
                last = line.substring(attribute, value);
                current.attributes.put(last, line.substring(value + 2, line.length() - (line.endsWith(")") ? 1 : 0)));
            } else if (last.equals("DW_AT_ranges") && line.contains("[0x")) {
                current.attributes.merge(last, line, String::concat);
            }
        }
    }

    static DwarfDump of(Path file) {
        return new DwarfDump(Programs.run(Path.of("/"), List.of("llvm-dwarfdump", "--debug-info", file.toString())));
    }

    List<Entry> entries() {
        return entries;
    }

    /** The entry that an attribute refers to. */
    Optional<Entry> reference(Entry entry, String attribute) {
        Matcher reference = REFERENCE.matcher(entry.attributes.getOrDefault(attribute, ""));
        return reference.matches()
                ? Optional.of(Objects.requireNonNull(byOffset.get(Long.parseLong(reference.group(1), 16))))
                : Optional.empty();
    }
}
