package jltrace.tracefs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import jltrace.sys.Linux;
import jltrace.sys.SysFs;
import jltrace.sys.SyscallException;

/** A mounted tracefs: the files that jltrace reads and writes in it. */
public final class TraceFs {
    private static final String PROBES = "uprobe_events";

    private final Path root;
    private final boolean mountedHere;

    private TraceFs(Path root, boolean mountedHere) {
        this.root = root;
        this.mountedHere = mountedHere;
    }

    /** A tracefs, or in tests a folder that looks like one. */
    public static TraceFs at(Path root) {
        return new TraceFs(root, false);
    }

    /** Which file or folder of tracefs this user has no access to, in words; empty if all is well, or nothing is mounted. */
    public static Optional<String> missingAccess() {
        for (Path candidate : SysFs.tracingDirectories()) {
            if (Files.isDirectory(candidate) && !Files.isExecutable(candidate)) {
                return Optional.of("access to " + candidate);
            }
            Path probes = candidate.resolve(PROBES);
            if (Files.exists(probes)) {
                return Files.isReadable(probes) && Files.isWritable(probes)
                        ? Optional.empty()
                        : Optional.of("write access to " + probes);
            }
        }
        return Optional.empty();
    }

    /**
     * Finds the mounted tracefs, and mounts it where the kernel keeps a place for it if nobody has.
     *
     * @throws TraceFsException if there is none and none can be mounted, or it may not be used
     */
    public static TraceFs locate(Linux linux) throws TraceFsException {
        for (Path candidate : SysFs.tracingDirectories()) {
            if (Files.exists(candidate.resolve(PROBES))) {
                return new TraceFs(candidate, false);
            }
        }
        Path preferred = SysFs.tracingDirectories().get(0);
        if (linux.effectiveUserId() != 0) {
            throw new TraceFsException(
                    "no tracefs is mounted that this user may read; root can: mount -t tracefs nodev " + preferred);
        }
        if (!Files.isDirectory(preferred)) {
            throw new TraceFsException("this kernel has no tracefs (" + preferred
                    + " does not exist); jltrace needs CONFIG_FTRACE and CONFIG_UPROBE_EVENTS");
        }
        try {
            linux.mountTracefs(preferred.toString());
        } catch (SyscallException e) {
            throw new TraceFsException("cannot mount tracefs: " + e.getMessage(), e);
        }
        if (!Files.exists(preferred.resolve(PROBES))) {
            throw new TraceFsException(
                    "this kernel's tracefs has no uprobe_events; jltrace needs CONFIG_UPROBE_EVENTS");
        }
        return new TraceFs(preferred, true);
    }

    /** Where it is mounted. */
    public Path root() {
        return root;
    }

    /** Whether {@link #locate} had to mount it. */
    public boolean mountedHere() {
        return mountedHere;
    }

    /**
     * Opens {@code uprobe_events} for appending. It must never be opened otherwise: O_TRUNC removes every tool's probes.
     *
     * @throws TraceFsException if it may not be written
     */
    SeekableByteChannel appendProbes() throws TraceFsException {
        Path file = root.resolve(PROBES);
        try {
            return Files.newByteChannel(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        } catch (AccessDeniedException e) {
            throw new TraceFsException(
                    "cannot open " + file + ": permission denied; run as root, or let root run bin/grant GROUP", e);
        } catch (IOException e) {
            throw new TraceFsException("cannot open " + file + ": " + e.getMessage(), e);
        }
    }

    /** The probe definitions of all tools, a line each. */
    String probes() throws TraceFsException {
        return read(root.resolve(PROBES));
    }

    /**
     * How often each point of all tools was hit, a line each in the order of {@link #probes}: file, event, hits. Hits of whatever process
     * are counted that had the point in its memory.
     */
    String profile() throws TraceFsException {
        return read(root.resolve("uprobe_profile"));
    }

    /** Whether there is an event of this name. */
    boolean hasEvent(String group, String event) {
        return Files.exists(root.resolve("events").resolve(group).resolve(event));
    }

    /** The format of an event, or of a kernel tracepoint such as {@code signal/signal_deliver}. */
    public EventFormat format(String group, String event) throws TraceFsException {
        return EventFormat.parse(
                read(root.resolve("events").resolve(group).resolve(event).resolve("format")), group + "/" + event);
    }

    /** What the kernel last complained about, its newest entry, without the markers; empty if it can't be read. */
    String lastError() {
        try {
            String log = read(root.resolve("error_log"));
            int last = log.lastIndexOf("] trace_");
            return last < 0 ? "" : log.substring(last + 2).strip().replaceAll("\\s*\\n\\s*", " | ");
        } catch (TraceFsException e) {
            return "";
        }
    }

    static void write(SeekableByteChannel channel, String lines) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static String read(Path file) throws TraceFsException {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new TraceFsException(file + " does not exist", e);
        } catch (AccessDeniedException e) {
            throw new TraceFsException("cannot read " + file + ": permission denied; run as root", e);
        } catch (IOException e) {
            throw new TraceFsException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
