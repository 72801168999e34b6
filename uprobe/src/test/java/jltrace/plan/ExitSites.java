package jltrace.plan;

/** Makes return instructions known to a table. */
public final class ExitSites {
    private ExitSites() {}

    /** Adds a return instruction that can end these functions, and gives its number. */
    public static int add(ProbeTable table, int... functions) {
        int exit = table.addExit(0, functions[0]);
        for (int function : functions) {
            table.addExitOf(exit, function);
        }
        return exit;
    }
}
