package jltrace.sys;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What jltrace reads below {@code /proc}. A process that is gone shows as {@link IOException}, unless told otherwise. */
public final class ProcFs {
    private static final String ROOT = "/proc";
    /** Field 22 of {@code stat}, counted from the one after the command's closing parenthesis, which is field 3. */
    private static final int START_TIME = 22 - 3;

    private static final int STATE = 3 - 3;

    private static final int NICE = 19 - 3;

    private static final int PARENT = 4 - 3;

    private static final Pattern LOCKED_MEMORY = Pattern.compile("Max locked memory +(\\d+|unlimited)");

    private ProcFs() {}

    private static Path of(long pid, String name) {
        return Path.of(ROOT, Long.toString(pid), name);
    }

    /** This process's id. */
    public static int ownPid() {
        return (int) ProcessHandle.current().pid();
    }

    /** What the kernel found out about the processors when it started; empty if it does not tell. */
    static String processors() {
        try {
            return Files.readString(Path.of(ROOT, "cpuinfo"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * Whether the pids that are shown here are those of this process's pid namespace. They are not where a namespace was made
     * and no {@code /proc} mounted for it: a pid then means another process.
     */
    public static boolean isOfOwnPidNamespace() throws IOException {
        return Files.readSymbolicLink(Path.of(ROOT, "self")).toString().equals(Integer.toString(ownPid()));
    }

    /**
     * When the process started, in clock ticks since boot; empty if there is certainly no such process.
     *
     * @throws IOException if it can't be told
     */
    public static OptionalLong startTimeTicks(long pid) throws IOException {
        try {
            return OptionalLong.of(Long.parseLong(statField(pid, START_TIME)));
        } catch (NoSuchFileException e) {
            if (!Files.exists(of(ownPid(), "stat"))) {
                throw new IOException(ROOT + " does not show this process either; is it mounted?", e);
            }
            return OptionalLong.empty();
        } catch (NumberFormatException e) {
            throw new IOException("the stat of process " + pid + " is not understood", e);
        }
    }

    /** Whether there is such a process, as far as can be told. */
    public static boolean exists(long pid) {
        try {
            return startTimeTicks(pid).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    /** The process that started this one. */
    public static int parent(long pid) throws IOException {
        return Integer.parseInt(statField(pid, PARENT));
    }

    private static String statField(long pid, int index) throws IOException {
        return statField(of(pid, "stat"), index);
    }

    private static String statField(Path file, int index) throws IOException {
        String stat = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        // The command may hold blanks and parentheses itself.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ", -1);
        if (fields.length <= index) {
            throw new IOException("short " + file);
        }
        return fields[index];
    }

    /** The inode number of the process's pid namespace: the N of {@code pid:[N]}. */
    public static long pidNamespace(long pid) throws IOException {
        String link = Files.readSymbolicLink(of(pid, "ns/pid")).toString();
        return Long.parseLong(link.substring(link.indexOf('[') + 1, link.length() - 1));
    }

    /** The ids of the process's threads. */
    public static List<Integer> threads(long pid) throws IOException {
        List<Integer> threads = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(of(pid, "task"))) {
            for (Path entry : entries) {
                threads.add(Integer.parseInt(entry.getFileName().toString()));
            }
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        return threads;
    }

    /** The threads of this process whose names, of at most 15 bytes, contain a text. */
    public static List<Integer> ownThreads(String name) throws IOException {
        List<Integer> named = new ArrayList<>();
        for (int tid : threads(ownPid())) {
            if (nameOfOwnThread(tid).contains(name)) {
                named.add(tid);
            }
        }
        return named;
    }

    private static String nameOfOwnThread(int tid) {
        try {
            return Files.readString(of(ownPid(), "task").resolve(tid + "/comm"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // It has ended meanwhile.
            return "";
        }
    }

    /** The nice value of the calling thread. */
    public static int ownNice() throws IOException {
        return Integer.parseInt(statField(Path.of(ROOT, "thread-self", "stat"), NICE));
    }

    /** The processes that a thread of this process started. */
    public static List<Integer> childrenOfOwnThread(int tid) throws IOException {
        return children(ownPid(), tid);
    }

    /** The processes that a thread started. */
    public static List<Integer> children(int pid, int tid) throws IOException {
        String text = Files.readString(
                of(pid, "task").resolve(Integer.toString(tid)).resolve("children"), StandardCharsets.US_ASCII);
        List<Integer> children = new ArrayList<>();
        for (String child : text.trim().split(" ", -1)) {
            if (!child.isEmpty()) {
                children.add(Integer.parseInt(child));
            }
        }
        return children;
    }

    /** The memory map as the kernel prints it, a mapping a line, in ISO 8859-1. */
    public static String maps(long pid) throws IOException {
        return new String(Files.readAllBytes(of(pid, "maps")), StandardCharsets.ISO_8859_1);
    }

    /** The program's file; its name ends in {@code  (deleted)} if it is gone. */
    public static Path executable(long pid) throws IOException {
        return Files.readSymbolicLink(of(pid, "exe"));
    }

    /** Leads to the program's file, whatever became of its path. */
    public static Path executableFile(long pid) {
        return of(pid, "exe");
    }

    /** Leads to the file that a process has mapped at exactly these addresses, whatever became of its path (proc(5), map_files). */
    public static Path mappedFile(long pid, long start, long end) {
        return of(pid, "map_files").resolve(Long.toHexString(start) + "-" + Long.toHexString(end));
    }

    /**
     * The directory that is {@code /} for a process, as this one can open it: {@code /} if both see the same files, or the process is
     * gone.
     */
    public static Path rootDirectory(long pid) {
        Path root = Path.of("/");
        try {
            Path namespace = Path.of("ns", "mnt");
            boolean sameMounts = Files.readSymbolicLink(of(pid, "").resolve(namespace))
                    .equals(Files.readSymbolicLink(of(ownPid(), "").resolve(namespace)));
            return sameMounts && rootPath(pid).equals(root) ? root : of(pid, "root");
        } catch (IOException e) {
            return root;
        }
    }

    /** What the directory that is {@code /} for a process is called by this one. */
    public static Path rootPath(long pid) throws IOException {
        return Files.readSymbolicLink(of(pid, "root"));
    }

    /** The process that a thread belongs to. */
    public static int processOf(long tid) throws IOException {
        return Integer.parseInt(status(tid, "Tgid"));
    }

    /** Whether a process is gone, or waits to be asked how it ended. */
    public static boolean hasEnded(long pid) {
        try {
            String state = statField(pid, STATE);
            return state.equals("Z") || state.equals("X");
        } catch (IOException e) {
            return true;
        }
    }

    /** Why a process can't be traced whose program can't be read. */
    public static String whyWithoutProgram(long pid) {
        if (!hasEnded(pid)) {
            return "process " + pid + " has no program: it is one of the kernel's own";
        }
        try {
            if (threads(pid).size() > 1) {
                return "the first thread of process " + pid
                        + " has ended, and with it the kernel tells its files no more";
            }
        } catch (IOException e) {
            // It has ended altogether.
        }
        return "process " + pid + " has ended";
    }

    /** The directory that the process's relative paths start from. */
    public static Path workingDirectory(long pid) throws IOException {
        return Files.readSymbolicLink(of(pid, "cwd"));
    }

    /** The NUL-terminated strings that the process started with: {@code NAME=value}. */
    public static List<byte[]> environment(long pid) throws IOException {
        return strings(Files.readAllBytes(of(pid, "environ")));
    }

    /** The NUL-terminated strings of the process's command line. */
    public static List<byte[]> commandLine(long pid) throws IOException {
        return strings(Files.readAllBytes(of(pid, "cmdline")));
    }

    private static List<byte[]> strings(byte[] bytes) {
        List<byte[]> strings = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                strings.add(java.util.Arrays.copyOfRange(bytes, start, i));
                start = i + 1;
            }
        }
        return strings;
    }

    /** A hexadecimal line of a thread's {@code status}: {@code SigBlk}, {@code SigIgn}. */
    public static long statusMask(long pid, String key) throws IOException {
        return Long.parseUnsignedLong(status(pid, key), 16);
    }

    private static String status(long pid, String key) throws IOException {
        for (String line : Files.readAllLines(of(pid, "status"), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(key + ":")) {
                return line.substring(key.length() + 1).trim();
            }
        }
        throw new IOException("no " + key + " in the status of process " + pid);
    }

    /** Whether this process may look into another: its program's file and its memory (ptrace(2), access mode checking). */
    public static boolean mayLookInto(long pid) {
        try {
            Files.readSymbolicLink(of(pid, "exe"));
            return true;
        } catch (AccessDeniedException e) {
            return false;
        } catch (IOException e) {
            // Gone, or the kernel's own: that is told elsewhere.
            return true;
        }
    }

    /** The soft limit on locked memory, in bytes; {@link Long#MAX_VALUE} for none. */
    static long ownLockedMemoryLimit() throws IOException {
        Matcher line = LOCKED_MEMORY.matcher(Files.readString(of(ownPid(), "limits"), StandardCharsets.ISO_8859_1));
        if (!line.find()) {
            throw new IOException("no limit on locked memory is told");
        }
        String number = line.group(1);
        return number.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(number);
    }

    static int perfEventParanoid() throws IOException {
        return (int) kernelSetting("perf_event_paranoid");
    }

    static long perfEventMlockKilobytes() throws IOException {
        return kernelSetting("perf_event_mlock_kb");
    }

    private static long kernelSetting(String name) throws IOException {
        byte[] bytes = new byte[32];
        int length;
        // In one read: a second one would find the end, wherever the first ended (proc_dointvec in kernel/sysctl.c).
        try (FileInputStream file =
                new FileInputStream(Path.of(ROOT, "sys", "kernel", name).toFile())) {
            length = Math.max(0, file.read(bytes));
        }
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new IOException("kernel." + name + " is not a number: " + text.strip(), e);
        }
    }

    /** The numbers of this process's open descriptors. */
    public static List<Integer> ownDescriptors() throws IOException {
        List<Integer> descriptors = new ArrayList<>();
        String[] names = Path.of(ROOT, "self", "fd").toFile().list();
        if (names == null) {
            throw new IOException("cannot list the open descriptors");
        }
        for (String name : names) {
            descriptors.add(Integer.parseInt(name));
        }
        return descriptors;
    }

    /**
     * Reads a process's memory as it is now.
     *
     * @return how many bytes could be read, 0 if none
     */
    public static int readMemory(long pid, long virtualAddress, byte[] destination, int length) {
        if (virtualAddress < 0) {
            return 0;
        }
        try (RandomAccessFile memory = new RandomAccessFile(of(pid, "mem").toFile(), "r")) {
            memory.seek(virtualAddress);
            return Math.max(0, memory.read(destination, 0, length));
        } catch (IOException e) {
            return 0;
        }
    }
}
