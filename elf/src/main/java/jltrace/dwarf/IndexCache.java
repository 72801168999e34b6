package jltrace.dwarf;

import java.util.Map;
import java.util.Optional;
import jltrace.bytes.ByteSource;
import jltrace.cache.BuildCache;

/**
 * Keeps indexes of debug information from one run to the next, and what was compressed in it. A file that is corrupt is as if it were
 * not there.
 */
final class IndexCache {
    static final String INDEX = "dwarf-index";
    static final String SECTIONS = "dwarf-sections";

    private final BuildCache files;

    IndexCache(BuildCache files) {
        this.files = files;
    }

    /** The index of a build; empty if there is none that is good. */
    Optional<DebugIndex> read(String buildId) {
        return files.read(buildId, INDEX).flatMap(bytes -> DebugIndex.parse(bytes, buildId));
    }

    /** The decompressed sections of a build; empty if there are none that are good. */
    Optional<Map<DebugSection, ByteSource>> readSections(String buildId) {
        return files.read(buildId, SECTIONS).flatMap(bytes -> UnpackedSections.read(bytes, buildId));
    }

    /**
     * Keeps an index, if that is possible.
     *
     * @param decompressed what was compressed in the file
     */
    void write(String buildId, DebugIndex index, Map<DebugSection, ByteSource> decompressed) {
        files.write(buildId, INDEX, index.bytes().bytes());
        UnpackedSections.write(decompressed, buildId).ifPresent(bytes -> files.write(buildId, SECTIONS, bytes));
    }
}
