package jltrace.plan;

/** Who made a call, from the code in front of its return address. */
public interface CallerResolver {
    /**
     * Who called.
     *
     * @param object the caller's number; that of the function's own object if it was reached by a jump from within
     * @param name the name under which the caller knows the function
     * @param certain whether the call instruction names this very function, so that no jump led here
     */
    record Caller(int object, String name, boolean certain) {}

    /**
     * Looks at the call instruction that ends where a function will return to. It may name another function than the one that
     * was entered: then that one jumped here, and its object is the caller.
     *
     * @param object the number of the file that the return address lies in
     * @param returnFileOffset where in that file, in bytes
     */
    Caller callerAt(int object, long returnFileOffset, TracedFunction function);
}
