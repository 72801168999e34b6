package jltrace.cli.output;

/**
 * How lines are laid out.
 *
 * @param time what the lines begin with
 * @param duration whether they end with the time spent ({@code -T})
 * @param returnAddress whether they show where the call returns to ({@code -i})
 * @param caller whether they name the calling object
 * @param tasks whether they name the task from the first line on; else once there is more than one
 * @param signals whether signals are shown
 * @param resultColumn where results stand ({@code -a})
 * @param indentation columns for each level of nesting ({@code -n})
 * @param toFile whether the output is a file, in which the task is a bare number
 * @param utf8 whether printable characters outside of ASCII are shown as such
 */
public record TextStyle(
        Time time,
        boolean duration,
        boolean returnAddress,
        boolean caller,
        boolean tasks,
        boolean signals,
        int resultColumn,
        int indentation,
        boolean toFile,
        Colors colors,
        boolean utf8) {

    /** What a line tells of the time. */
    public enum Time {
        NONE,
        /** {@code -t}: hours, minutes, seconds. */
        OF_DAY,
        /** {@code -tt}: with microseconds. */
        OF_DAY_PRECISE,
        /** {@code -ttt}: seconds since 1970. */
        EPOCH,
        /** {@code -r}: since the line before. */
        RELATIVE
    }
}
