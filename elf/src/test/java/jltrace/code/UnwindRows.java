package jltrace.code;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the compiler says that the canonical frame address is, at each address: {@code readelf -wF}. */
final class UnwindRows {
    private static final Pattern RANGE = Pattern.compile(" pc=(\\p{XDigit}+)\\.\\.(\\p{XDigit}+)");
    private static final Pattern ROW = Pattern.compile("(\\p{XDigit}{16}) (\\S+) .*");

    private final TreeMap<Long, String> frameAddresses = new TreeMap<>();

    static UnwindRows read(Path file) throws Exception {
        UnwindRows rows = new UnwindRows();
        boolean inRange = false;
        for (String line : Library.run("readelf", "-wF", file.toString())) {
            Matcher range = RANGE.matcher(line);
            Matcher row = ROW.matcher(line);
            if (line.contains(" FDE ") && range.find()) {
                inRange = true;
                // Ranges without rows have the table's common first row.
                rows.frameAddresses.put(Long.parseLong(range.group(1), 16), "rsp+8");
                rows.frameAddresses.putIfAbsent(Long.parseLong(range.group(2), 16), "");
            } else if (line.isEmpty()) {
                inRange = false;
            } else if (inRange && row.matches()) {
                rows.frameAddresses.put(Long.parseLong(row.group(1), 16), row.group(2));
            }
        }
        return rows;
    }

    /** Such as {@code rsp+8}; empty where no range of the unwind tables is. */
    String frameAddressAt(long virtualAddress) {
        Map.Entry<Long, String> row = frameAddresses.floorEntry(virtualAddress);
        return row == null ? "" : row.getValue();
    }
}
