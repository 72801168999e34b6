package jltrace.call;

import jltrace.target.MemoryMapping;

/** Told of what traced processes map and become, so that more can be probed; answers what only it can know. */
public interface ProcessWatcher {
    /**
     * A process mapped a file, executable.
     *
     * @param program whether it is the program that the process has become
     * @return the file's number, or {@link jltrace.target.ObjectTable#NO_OBJECT}
     */
    int mapped(TracedProcess process, MemoryMapping mapping, boolean program, long nanos);

    /** A traced process made another, which is traced too. */
    void forked(TracedProcess parent, TracedProcess child);

    /** The last thread of a process is gone. How did it end? */
    ProcessEnd ended(TracedProcess process);
}
