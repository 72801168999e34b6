package jltrace.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares with {@code readelf --debug-dump=frames} (GNU Binutils) over libraries and programs. */
class UnwindTableOracleTest {

    @Test
    void rangesAreTheFrameDescriptionsOfReadelf() {
        List<Path> files = Stream.concat(InstalledFiles.libraries().stream(), InstalledFiles.programs().stream())
                .filter(file -> InstalledFiles.isElf(file) && file.toFile().length() < 1_000_000)
                .toList();
        Map<Path, List<String>> expected = readelf(files);
        int ranges = 0;
        for (Path file : files) {
            List<String> lines = new ArrayList<>();
            for (FunctionRange range : InstalledFiles.open(file).unwindTable()) {
                lines.add(HexFormat.of().toHexDigits(range.virtualAddress())
                        + ".."
                        + HexFormat.of().toHexDigits(range.virtualAddress() + range.length())
                        + (range.hasPersonality() ? " personality" : "")
                        + (range.hasLanguageData() ? " data" : "")
                        + (range.isSignalFrame() ? " signal" : ""));
            }
            ranges += lines.size();
            assertThat(lines.stream().sorted().toList())
                    .as("ranges of %s", file)
                    .isEqualTo(expected.getOrDefault(file, List.of()).stream()
                            .sorted()
                            .toList());
        }
        assertThat(ranges).isGreaterThan(10_000);
    }

    private static Map<Path, List<String>> readelf(List<Path> files) {
        List<String> command = new ArrayList<>(List.of("readelf", "-W", "--debug-dump=frames", "/dev/null"));
        files.forEach(file -> command.add(file.toString()));
        FrameLines lines = new FrameLines();
        Command.run(Path.of("/"), Map.of(), command, false, lines::read);
        return lines.byFile;
    }

    /** Puts together the lines of a description and of the entry that it has in common with others. */
    private static final class FrameLines {
        final Map<Path, List<String>> byFile = new HashMap<>();
        private List<String> current = new ArrayList<>();
        private final Map<String, String> augmentations = new HashMap<>();
        private String common = "";
        private boolean inDescription;
        private boolean isUnwindTable;

        void read(String line) {
            if (line.startsWith("File: ")) {
                current = new ArrayList<>();
                byFile.put(Path.of(line.substring(6)), current);
                augmentations.clear();
            } else if (line.startsWith("Contents of the ")) {
                isUnwindTable = line.contains(".eh_frame");
            } else if (line.endsWith(" CIE")) {
                common = line.substring(0, 8);
                inDescription = false;
            } else if (line.startsWith("  Augmentation:")) {
                augmentations.put(common, line.substring(line.indexOf('"')));
            } else if (line.contains(" FDE cie=") && isUnwindTable) {
                addRange(line);
            } else if (line.startsWith("  Augmentation data:") && inDescription) {
                addLanguageData(line.substring(line.indexOf(':') + 1));
            } else if (line.isEmpty()) {
                inDescription = false;
            }
        }

        private void addRange(String line) {
            String augmentation =
                    augmentations.getOrDefault(line.substring(line.indexOf("cie=") + 4, line.indexOf(" pc=")), "");
            String range = line.substring(line.indexOf("pc=") + 3);
            boolean isEmpty = range.substring(0, 16).equals(range.substring(18));
            inDescription = !isEmpty;
            if (!isEmpty) {
                current.add(range
                        + (augmentation.contains("P") ? " personality" : "")
                        + (augmentation.contains("S") ? " signal" : ""));
            }
        }

        private void addLanguageData(String bytes) {
            int last = current.size() - 1;
            if (!bytes.replace(" ", "").replace("0", "").isEmpty()) {
                current.set(last, current.get(last).replace(" personality", " personality data"));
            }
        }
    }
}
