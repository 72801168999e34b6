package jltrace.sys;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** The libraries that this process has mapped, the C library among them, as the dynamic loader searches them for a symbol. */
final class GlobalScope {
    private static final String SEARCH_PATH = "jna.platform.library.path";

    private GlobalScope() {}

    /**
     * Binds the native methods of a class to the C functions of the same names.
     *
     * @throws UnsatisfiedLinkError if there is no function of one's name
     */
    static void bind(Class<?> declaring) {
        Native.register(declaring, mapped());
    }

    private static NativeLibrary mapped() {
        leaveSearchingToTheLoader();
        return NativeLibrary.getProcess();
    }

    /**
     * A function of a library that this process has mapped.
     *
     * @throws UnsatisfiedLinkError if there is no such function
     */
    static Function function(String name) {
        return mapped().getFunction(name);
    }

    /**
     * A function of a library that the dynamic loader is asked for.
     *
     * @throws UnsatisfiedLinkError if there is no such library or function
     */
    static Function function(String soname, String name) {
        leaveSearchingToTheLoader();
        return NativeLibrary.getInstance(soname).getFunction(name);
    }

    /** Nothing is searched for in folders: to learn which there are JNA would run ldconfig. */
    private static void leaveSearchingToTheLoader() {
        if (System.getProperty(SEARCH_PATH) == null) {
            System.setProperty(SEARCH_PATH, "");
        }
    }
}
